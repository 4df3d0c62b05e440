BEGIN TRANSACTION;
CREATE TABLE gradewise_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT gradewise_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "gradewise_version" VALUES('0001');
CREATE TABLE ml_models (
	id CHAR(32) NOT NULL, 
	model_name VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	stage VARCHAR NOT NULL, 
	model_path VARCHAR NOT NULL, 
	metrics JSON, 
	hyperparameters JSON, 
	feature_names JSON, 
	metadata JSON, 
	PRIMARY KEY (id)
);
INSERT INTO "ml_models" VALUES('00000000000000000000000000000001','essay-scorer','20250101_120000','2025-01-01 12:00:00.000000','archived','models/model_20250101_120000','{"qwk": 0.61}','{"num_leaves": 31}','["words"]','{"licence": "intern"}');
INSERT INTO "ml_models" VALUES('00000000000000000000000000000002','essay-scorer','20250301_080000','2025-03-01 08:00:00.000000','production','models/model_20250301_080000','{"qwk": 0.66}','{"num_leaves": 15}','["words", "fel"]','{"skola": "Åsö"}');
INSERT INTO "ml_models" VALUES('00000000000000000000000000000003','essay-scorer','20250401_080000','2025-04-01 08:00:00.000000','staging','models/model_20250401_080000',NULL,NULL,NULL,NULL);
INSERT INTO "ml_models" VALUES('00000000000000000000000000000004','letters','20250101_120000','2025-01-01 12:00:00.000000','dev','models/letters','{}','{}','[]','{}');
COMMIT;
