SELECT 'a file of its own' AS fragment;
