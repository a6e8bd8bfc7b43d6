"""The dev server in a container: image, container, secret."""
