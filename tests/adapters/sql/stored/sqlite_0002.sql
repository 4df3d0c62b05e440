BEGIN TRANSACTION;
CREATE TABLE gate_reports (
	id CHAR(32) NOT NULL, 
	content_id VARCHAR NOT NULL, 
	model_name VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	against VARCHAR, 
	made_at DATETIME NOT NULL, 
	passed BOOLEAN NOT NULL, 
	rules_digest VARCHAR NOT NULL, 
	data_sha256 VARCHAR NOT NULL, 
	report JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "gate_reports" VALUES('00000000000000000000000000000032','6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b','essays','20260301_120001',NULL,'2026-03-01 12:00:00.000000',1,'1111111111111111111111111111111111111111111111111111111111111111','2222222222222222222222222222222222222222222222222222222222222222','{"verdicts": [{"rule": "qwk at least 0.7", "passed": true}], "advice": "prövad"}');
CREATE TABLE gradewise_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT gradewise_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "gradewise_version" VALUES('0002');
CREATE TABLE "ml_models" (
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
	content_id VARCHAR, 
	serial INTEGER NOT NULL, 
	pruned_at DATETIME, 
	PRIMARY KEY (id), 
	CONSTRAINT ml_models_stage CHECK (stage IN ('dev', 'staging', 'production', 'archived'))
);
INSERT INTO "ml_models" VALUES('00000000000000000000000000000001','essays','20260301_120001','2026-03-01 12:00:00.000000','archived','models/.registry/store/1','{"qwk": {"estimate": 0.7, "low": 0.6, "high": 0.8}}','{"trees": 1, "rate": 0.05}','["words", "fel per 100 ord"]','{"data": {"sha256": "0000000000000000000000000000000000000000000000000000000000000000"}, "licence": null, "copies": ["s3://åäö"]}','6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b',1,NULL);
INSERT INTO "ml_models" VALUES('00000000000000000000000000000002','essays','20260301_120002','2026-03-01 12:00:00.000000','production','models/.registry/store/2','{"qwk": {"estimate": 0.7, "low": 0.6, "high": 0.8}}','{"trees": 2, "rate": 0.05}','["words", "fel per 100 ord"]','{"data": {"sha256": "0000000000000000000000000000000000000000000000000000000000000000"}, "licence": null, "copies": ["s3://åäö"]}','d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35',2,NULL);
CREATE TABLE model_names (
	name VARCHAR NOT NULL, 
	serial INTEGER NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "model_names" VALUES('essays',5);
CREATE TABLE stage_changes (
	id CHAR(32) NOT NULL, 
	model_name VARCHAR NOT NULL, 
	serial INTEGER NOT NULL, 
	act VARCHAR NOT NULL, 
	model_id CHAR(32) NOT NULL, 
	version VARCHAR NOT NULL, 
	from_stage VARCHAR, 
	to_stage VARCHAR NOT NULL, 
	replaced_id CHAR(32), 
	changed_at DATETIME NOT NULL, 
	changed_by VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	override VARCHAR, 
	gate_report_id CHAR(32), 
	correlation_id VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT stage_changes_name FOREIGN KEY(model_name) REFERENCES model_names (name), 
	CONSTRAINT stage_changes_model FOREIGN KEY(model_id) REFERENCES ml_models (id), 
	CONSTRAINT stage_changes_replaced FOREIGN KEY(replaced_id) REFERENCES ml_models (id), 
	CONSTRAINT stage_changes_report FOREIGN KEY(gate_report_id) REFERENCES gate_reports (id)
);
INSERT INTO "stage_changes" VALUES('00000000000000000000000000000065','essays',1,'register','00000000000000000000000000000001','20260301_120001',NULL,'dev',NULL,'2026-03-01 12:00:00.000000','anna@school','because',NULL,NULL,'c');
INSERT INTO "stage_changes" VALUES('00000000000000000000000000000066','essays',2,'register','00000000000000000000000000000002','20260301_120002',NULL,'dev',NULL,'2026-03-01 12:00:00.000000','anna@school','because',NULL,NULL,'c');
INSERT INTO "stage_changes" VALUES('00000000000000000000000000000067','essays',3,'promote','00000000000000000000000000000001','20260301_120001','dev','staging',NULL,'2026-03-01 12:00:00.000000','anna@school','because',NULL,'00000000000000000000000000000032','c');
INSERT INTO "stage_changes" VALUES('00000000000000000000000000000068','essays',4,'promote','00000000000000000000000000000001','20260301_120001','staging','production',NULL,'2026-03-01 12:00:00.000000','anna@school','because',NULL,NULL,'c');
INSERT INTO "stage_changes" VALUES('00000000000000000000000000000069','essays',5,'promote','00000000000000000000000000000002','20260301_120002','dev','production','00000000000000000000000000000001','2026-03-01 12:00:00.000000','anna@school','because',NULL,NULL,'c');
CREATE TABLE training_runs (
	run_id VARCHAR NOT NULL, 
	experiment VARCHAR NOT NULL, 
	command VARCHAR NOT NULL, 
	run_name VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	stage VARCHAR NOT NULL, 
	failure_reason VARCHAR, 
	correlation_id VARCHAR NOT NULL, 
	started_at DATETIME NOT NULL, 
	told_at DATETIME NOT NULL, 
	elapsed_seconds FLOAT NOT NULL, 
	metric_name VARCHAR, 
	metric_value FLOAT, 
	entry JSON NOT NULL, 
	PRIMARY KEY (run_id)
);
INSERT INTO "training_runs" VALUES('run-1','essays','train','run-1','completed','',NULL,'','2026-03-01 13:00:00.000000','2026-03-01 13:05:00.000000',300.0,'qwk',0.501,'{"schema_version": 1, "timestamp": "2026-03-01T13:05:00+00:00", "run_name": "run-1", "experiment": "essays", "command": "train", "command_line": "gradewise train essays.csv", "state": "completed", "run_id": "run-1", "started_at": "2026-03-01T13:00:00+00:00", "stage": "", "correlation_id": "", "failure_reason": null, "elapsed_seconds": 300.0, "dataset": {"files": [], "sha256": null, "kind": "csv", "min_words": null, "max_words": null, "excluded_prompts": [], "only_prompts": []}, "splits": {"id": null, "scheme": "", "path": null}, "features": {"set": "handcrafted", "fingerprint": null, "groups": null, "text_learners": []}, "backends": {"checker": "", "embedder": null}, "metrics": {"qwk": 0.501, "mae": 0.4, "accuracy": null}, "output": "", "git_sha": null, "notes": [], "facts": {}}');
INSERT INTO "training_runs" VALUES('run-2','essays','train','run-2','failed','export','no room','','2026-03-01 14:00:00.000000','2026-03-01 14:05:00.000000',300.0,NULL,NULL,'{"schema_version": 1, "timestamp": "2026-03-01T14:05:00+00:00", "run_name": "run-2", "experiment": "essays", "command": "train", "command_line": "gradewise train essays.csv", "state": "failed", "run_id": "run-2", "started_at": "2026-03-01T14:00:00+00:00", "stage": "export", "correlation_id": "", "failure_reason": "no room", "elapsed_seconds": 300.0, "dataset": {"files": [], "sha256": null, "kind": "csv", "min_words": null, "max_words": null, "excluded_prompts": [], "only_prompts": []}, "splits": {"id": null, "scheme": "", "path": null}, "features": {"set": "handcrafted", "fingerprint": null, "groups": null, "text_learners": []}, "backends": {"checker": "", "embedder": null}, "metrics": {}, "output": "", "git_sha": null, "notes": [], "facts": {}}');
CREATE UNIQUE INDEX ml_models_version ON ml_models (model_name, version);
CREATE UNIQUE INDEX ml_models_content ON ml_models (model_name, content_id);
CREATE UNIQUE INDEX ml_models_serial ON ml_models (model_name, serial);
CREATE UNIQUE INDEX ml_models_one_production ON ml_models (model_name) WHERE stage = 'production';
CREATE INDEX gate_reports_content ON gate_reports (content_id, made_at);
CREATE UNIQUE INDEX stage_changes_serial ON stage_changes (model_name, serial);
CREATE INDEX training_runs_started ON training_runs (started_at, run_id);
CREATE INDEX training_runs_experiment ON training_runs (experiment, started_at);
CREATE INDEX training_runs_state ON training_runs (state, started_at);
CREATE INDEX training_runs_summary ON training_runs (experiment, command, metric_name, state, metric_value, told_at);
CREATE TRIGGER stage_changes_no_update BEFORE UPDATE ON stage_changes
    BEGIN SELECT RAISE(ABORT, 'stage_changes is only ever added to'); END;
CREATE TRIGGER stage_changes_no_delete BEFORE DELETE ON stage_changes
    BEGIN SELECT RAISE(ABORT, 'stage_changes is only ever added to'); END;
CREATE TRIGGER stage_changes_no_replace BEFORE INSERT ON stage_changes
    WHEN EXISTS (SELECT 1 FROM stage_changes WHERE id = NEW.id
                 OR (model_name = NEW.model_name AND serial = NEW.serial))
    BEGIN SELECT RAISE(ABORT, 'stage_changes is only ever added to'); END;
COMMIT;
