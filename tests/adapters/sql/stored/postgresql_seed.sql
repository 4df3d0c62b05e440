CREATE TABLE ml_models (
  id UUID PRIMARY KEY,
  model_name VARCHAR NOT NULL,
  version VARCHAR NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  stage VARCHAR NOT NULL,
  model_path VARCHAR NOT NULL,
  metrics JSONB,
  hyperparameters JSONB,
  feature_names JSONB,
  metadata JSONB
);
INSERT INTO ml_models VALUES ('00000000-0000-0000-0000-000000000001', 'essay-scorer', '20250101_120000', '2025-01-01 12:00:00+00', 'archived', 'models/model_20250101_120000', '{"qwk": 0.61}', '{"num_leaves": 31}', '["words"]', '{"licence": "intern"}');
INSERT INTO ml_models VALUES ('00000000-0000-0000-0000-000000000002', 'essay-scorer', '20250301_080000', '2025-03-01 08:00:00+00', 'production', 'models/model_20250301_080000', '{"qwk": 0.66}', '{"num_leaves": 15}', '["words", "fel"]', '{"skola": "Åsö"}');
INSERT INTO ml_models VALUES ('00000000-0000-0000-0000-000000000003', 'essay-scorer', '20250401_080000', '2025-04-01 08:00:00+00', 'staging', 'models/model_20250401_080000', NULL, NULL, NULL, NULL);
INSERT INTO ml_models VALUES ('00000000-0000-0000-0000-000000000004', 'letters', '20250101_120000', '2025-01-01 12:00:00+00', 'dev', 'models/letters', '{}', '{}', '[]', '{}');
