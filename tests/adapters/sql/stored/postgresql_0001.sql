CREATE TABLE public.gradewise_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.ml_models (
    id uuid NOT NULL,
    model_name character varying NOT NULL,
    version character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    stage character varying NOT NULL,
    model_path character varying NOT NULL,
    metrics jsonb,
    hyperparameters jsonb,
    feature_names jsonb,
    metadata jsonb
);
INSERT INTO public.gradewise_version VALUES ('0001');
INSERT INTO public.ml_models VALUES ('00000000-0000-0000-0000-000000000001', 'essay-scorer', '20250101_120000', '2025-01-01 12:00:00+00', 'archived', 'models/model_20250101_120000', '{"qwk": 0.61}', '{"num_leaves": 31}', '["words"]', '{"licence": "intern"}');
INSERT INTO public.ml_models VALUES ('00000000-0000-0000-0000-000000000002', 'essay-scorer', '20250301_080000', '2025-03-01 08:00:00+00', 'production', 'models/model_20250301_080000', '{"qwk": 0.66}', '{"num_leaves": 15}', '["words", "fel"]', '{"skola": "Åsö"}');
INSERT INTO public.ml_models VALUES ('00000000-0000-0000-0000-000000000003', 'essay-scorer', '20250401_080000', '2025-04-01 08:00:00+00', 'staging', 'models/model_20250401_080000', NULL, NULL, NULL, NULL);
INSERT INTO public.ml_models VALUES ('00000000-0000-0000-0000-000000000004', 'letters', '20250101_120000', '2025-01-01 12:00:00+00', 'dev', 'models/letters', '{}', '{}', '[]', '{}');
ALTER TABLE ONLY public.gradewise_version
    ADD CONSTRAINT gradewise_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.ml_models
    ADD CONSTRAINT ml_models_pkey PRIMARY KEY (id);
