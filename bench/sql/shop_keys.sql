-- The shop's keys and indexes: the same at the source, in the dev database and for the floor.
ALTER TABLE public.customer ADD CONSTRAINT customer_pkey PRIMARY KEY (id);
ALTER TABLE public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
ALTER TABLE public.item ADD CONSTRAINT item_pkey PRIMARY KEY (id);
CREATE INDEX orders_customer_id_idx ON public.orders (customer_id);
CREATE INDEX item_order_id_idx ON public.item (order_id);
ALTER TABLE public.orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer (id);
ALTER TABLE public.item ADD CONSTRAINT item_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders (id);
