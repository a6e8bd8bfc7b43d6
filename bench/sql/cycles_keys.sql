-- Keys and indexes of job C: the same at the source, in the dev database and for the floor.
ALTER TABLE public.department ADD CONSTRAINT department_pkey PRIMARY KEY (id);
ALTER TABLE public.employee ADD CONSTRAINT employee_pkey PRIMARY KEY (id);
ALTER TABLE public.device ADD CONSTRAINT device_pkey PRIMARY KEY (tenant, serial);
ALTER TABLE public.reading ADD CONSTRAINT reading_pkey PRIMARY KEY (id, taken_on);
ALTER TABLE public.remark ADD CONSTRAINT remark_pkey PRIMARY KEY (id);
CREATE INDEX employee_department_id_idx ON public.employee (department_id);
CREATE INDEX employee_manager_id_idx ON public.employee (manager_id);
CREATE INDEX device_keeper_id_idx ON public.device (keeper_id);
CREATE INDEX reading_device_idx ON public.reading (tenant, serial);
CREATE INDEX remark_reading_idx ON public.remark (reading_id, taken_on);
CREATE INDEX remark_author_id_idx ON public.remark (author_id);
ALTER TABLE public.department ADD CONSTRAINT department_head_id_fkey FOREIGN KEY (head_id) REFERENCES public.employee (id);
ALTER TABLE public.employee
    ADD CONSTRAINT employee_department_id_fkey FOREIGN KEY (department_id) REFERENCES public.department (id),
    ADD CONSTRAINT employee_manager_id_fkey FOREIGN KEY (manager_id) REFERENCES public.employee (id);
ALTER TABLE public.device
    ADD CONSTRAINT device_keeper_id_fkey FOREIGN KEY (keeper_id) REFERENCES public.employee (id),
    ADD CONSTRAINT device_replaces_fkey FOREIGN KEY (replaces_tenant, replaces_serial) REFERENCES public.device (tenant, serial);
ALTER TABLE public.reading
    ADD CONSTRAINT reading_device_fkey FOREIGN KEY (tenant, serial) REFERENCES public.device (tenant, serial);
ALTER TABLE public.remark
    ADD CONSTRAINT remark_reading_fkey FOREIGN KEY (reading_id, taken_on) REFERENCES public.reading (id, taken_on),
    ADD CONSTRAINT remark_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.employee (id),
    ADD CONSTRAINT remark_answers_id_fkey FOREIGN KEY (answers_id) REFERENCES public.remark (id);
CREATE FUNCTION public.lower_email() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.email := lower(NEW.email);
    RETURN NEW;
END
$$;
CREATE TRIGGER lower_email BEFORE INSERT OR UPDATE ON public.employee FOR EACH ROW EXECUTE FUNCTION public.lower_email();
