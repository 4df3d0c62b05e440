BEGIN TRANSACTION;
CREATE TABLE anchor_essay_references (
	id VARCHAR NOT NULL, 
	anchor_label VARCHAR, 
	grade VARCHAR NOT NULL, 
	grade_scale VARCHAR, 
	text_storage_id VARCHAR, 
	assignment_id VARCHAR, 
	PRIMARY KEY (id)
);
INSERT INTO "anchor_essay_references" VALUES('r1','C','C','swedish8','text-1','task-1');
CREATE TABLE assessment_instructions (
	assignment_id VARCHAR NOT NULL, 
	instructions_text TEXT, 
	grade_scale VARCHAR, 
	PRIMARY KEY (assignment_id)
);
INSERT INTO "assessment_instructions" VALUES('task-1','Write about the sea.','swedish8');
CREATE TABLE batch_locks (
	batch_id VARCHAR NOT NULL, 
	PRIMARY KEY (batch_id)
);
INSERT INTO "batch_locks" VALUES('spring');
CREATE TABLE batch_results (
	batch_id VARCHAR NOT NULL, 
	finalized_at DATETIME NOT NULL, 
	scale VARCHAR, 
	scoring_method VARCHAR NOT NULL, 
	model_name VARCHAR, 
	model_version VARCHAR, 
	model_digest VARCHAR, 
	correlation_id VARCHAR NOT NULL, 
	PRIMARY KEY (batch_id)
);
INSERT INTO "batch_results" VALUES('spring','2026-03-01 15:00:00.000000','swedish8','bt_only',NULL,NULL,NULL,'corr-1');
CREATE TABLE cj_batch_uploads (
	id VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	assignment_id VARCHAR, 
	PRIMARY KEY (id)
);
INSERT INTO "cj_batch_uploads" VALUES('spring','complete','2026-03-01 15:00:00.000000','task-1');
CREATE TABLE cj_comparison_pairs (
	id INTEGER NOT NULL, 
	cj_batch_id VARCHAR NOT NULL, 
	essay_a_els_id VARCHAR NOT NULL, 
	essay_b_els_id VARCHAR NOT NULL, 
	winner VARCHAR, 
	confidence FLOAT, 
	judge VARCHAR, 
	PRIMARY KEY (id)
);
INSERT INTO "cj_comparison_pairs" VALUES(7,'spring','e1','a1','essay_a',4.0,'anna');
INSERT INTO "cj_comparison_pairs" VALUES(8,'spring','a1','e1','essay_b',NULL,NULL);
CREATE TABLE cj_processed_essays (
	cj_batch_id VARCHAR NOT NULL, 
	els_essay_id VARCHAR NOT NULL, 
	text_storage_id VARCHAR, 
	assessment_input_text TEXT, 
	is_anchor BOOLEAN NOT NULL, 
	current_bt_score FLOAT, 
	current_bt_se FLOAT, 
	comparison_count INTEGER, 
	created_at DATETIME, 
	processing_metadata JSON, 
	PRIMARY KEY (cj_batch_id, els_essay_id)
);
INSERT INTO "cj_processed_essays" VALUES('spring','e1',NULL,'The sea is grey.',0,0.5,0.25,2,'2026-03-01 15:00:00.000000',NULL);
INSERT INTO "cj_processed_essays" VALUES('spring','a1',NULL,'The sea is blue, åäö.',1,-0.5,0.25,2,'2026-03-01 15:00:00.000000','{"known_grade": "C"}');
CREATE TABLE correction_links (
	serial INTEGER NOT NULL, 
	correction_id VARCHAR NOT NULL, 
	score_serial INTEGER NOT NULL, 
	content VARCHAR NOT NULL, 
	previous VARCHAR NOT NULL, 
	digest VARCHAR NOT NULL, 
	PRIMARY KEY (serial)
);
INSERT INTO "correction_links" VALUES(1,'89d3532617a2e78999de6582f2d0272f',4,'4273bd115aa38ee3ae349c33ca1f66c7c383567b4f8e984f9e039dc4a4a2530b','0000000000000000000000000000000000000000000000000000000000000000','a01506eb93f59ec345397e15e15af1e339f472f89f062788ade8dcf22ae72976');
CREATE TABLE corrections (
	serial INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	score_id VARCHAR NOT NULL, 
	essay_id VARCHAR NOT NULL, 
	text_sha256 VARCHAR NOT NULL, 
	model_digest VARCHAR NOT NULL, 
	model_grade VARCHAR NOT NULL, 
	grade VARCHAR NOT NULL, 
	corrected_by VARCHAR NOT NULL, 
	corrected_at DATETIME NOT NULL, 
	reason VARCHAR NOT NULL, 
	PRIMARY KEY (serial), 
	CONSTRAINT corrections_score FOREIGN KEY(score_id) REFERENCES score_log (id)
);
INSERT INTO "corrections" VALUES(2,'89d3532617a2e78999de6582f2d0272f','17ebb735191cced3850421f0d7721373','essay-3','46844a5f82c06da206069e2e14bc6c90463069b0953c0c44a6cd5061c73c609b','2f2590b17f081de408009bc10cb363474fb66273e12fa4889a57c04cf660352b','C','C','anna@school','2026-03-02 12:03:00.000000','the argument holds');
CREATE TABLE essay_results (
	batch_id VARCHAR NOT NULL, 
	essay_id VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	is_anchor BOOLEAN NOT NULL, 
	rank INTEGER NOT NULL, 
	bt_score FLOAT NOT NULL, 
	bt_se FLOAT NOT NULL, 
	bt_grade VARCHAR, 
	bt_probabilities JSON NOT NULL, 
	ml_grade VARCHAR, 
	ml_confidence FLOAT, 
	ml_probabilities JSON NOT NULL, 
	grade VARCHAR, 
	confidence FLOAT, 
	probabilities JSON NOT NULL, 
	scoring_method VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	disagrees BOOLEAN NOT NULL, 
	score_id VARCHAR, 
	model_digest VARCHAR, 
	PRIMARY KEY (batch_id, essay_id), 
	CONSTRAINT essay_results_batch FOREIGN KEY(batch_id) REFERENCES batch_results (batch_id)
);
INSERT INTO "essay_results" VALUES('spring','e1',0,0,1,0.5,0.25,'B','{"C": 0.25, "B": 0.75}',NULL,NULL,'{}','B',0.75,'{"C": 0.25, "B": 0.75}','bt_only','no model',0,NULL,NULL);
INSERT INTO "essay_results" VALUES('spring','a1',1,1,2,-0.5,0.25,'C','{"C": 0.25, "B": 0.75}',NULL,NULL,'{}','C',1.0,'{"C": 0.25, "B": 0.75}','bt_only','an anchor',0,NULL,NULL);
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
CREATE TABLE gradewise_outbox (
	serial INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	topic VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	payload JSON NOT NULL, 
	made_at DATETIME NOT NULL, 
	published_at DATETIME, 
	PRIMARY KEY (serial)
);
INSERT INTO "gradewise_outbox" VALUES(1,'11111111111111111111111111111111','gradewise.batch.completed.v1','spring','{"batch_id": "spring", "letters": "åäö"}','2026-03-01 15:00:00.000000','2026-03-01 15:00:00.000000');
INSERT INTO "gradewise_outbox" VALUES(2,'22222222222222222222222222222222','gradewise.batch.completed.v1','spring','{"batch_id": "spring", "letters": "åäö"}','2026-03-01 15:00:00.000000',NULL);
CREATE TABLE gradewise_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT gradewise_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "gradewise_version" VALUES('0005');
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
CREATE TABLE score_log (
	serial INTEGER NOT NULL, 
	id VARCHAR NOT NULL, 
	made_at DATETIME NOT NULL, 
	essay_id VARCHAR NOT NULL, 
	text_sha256 VARCHAR NOT NULL, 
	task_sha256 VARCHAR NOT NULL, 
	model_name VARCHAR NOT NULL, 
	model_version VARCHAR NOT NULL, 
	model_digest VARCHAR NOT NULL, 
	arm VARCHAR NOT NULL, 
	reading_fingerprint VARCHAR NOT NULL, 
	reading BLOB NOT NULL, 
	prediction VARCHAR NOT NULL, 
	grade VARCHAR NOT NULL, 
	route VARCHAR NOT NULL, 
	urgency FLOAT NOT NULL, 
	batch_id VARCHAR NOT NULL, 
	correlation_id VARCHAR NOT NULL, 
	previous VARCHAR NOT NULL, 
	digest VARCHAR NOT NULL, 
	PRIMARY KEY (serial)
);
INSERT INTO "score_log" VALUES(3,'3c5ac603bb5eef2bc353d1e3d03f0a14','2026-03-01 12:02:00.000000','essay-2','564799999e3a081203472cf9770f28225ff9cdcb87d2515ba5bced499c544612','','essays','20260131_120000','2f2590b17f081de408009bc10cb363474fb66273e12fa4889a57c04cf660352b','champion','d42fe6cb1c2e1a983e030aba863ca2b66826f63820189617004ad403ec47daba',X'0000004000004040000080400000A040','{"grade":"C","score":2}','C','release',0.5,'','','80ff52d2f9cddc79721e48c9a8dcbf2e5abc8c6153eee715f1ced0c2c9729d59','6e461d7c6f14efc3bce06c0039cf0d5338600a0bbd13d910d98835aafce1776a');
INSERT INTO "score_log" VALUES(4,'17ebb735191cced3850421f0d7721373','2026-03-01 12:03:00.000000','essay-3','46844a5f82c06da206069e2e14bc6c90463069b0953c0c44a6cd5061c73c609b','','essays','20260131_120000','2f2590b17f081de408009bc10cb363474fb66273e12fa4889a57c04cf660352b','champion','d42fe6cb1c2e1a983e030aba863ca2b66826f63820189617004ad403ec47daba',X'00004040000080400000A0400000C040','{"grade":"C","score":3}','C','review',0.75,'','','6e461d7c6f14efc3bce06c0039cf0d5338600a0bbd13d910d98835aafce1776a','6d3d1c91aae9188dbc8f509093bfde35ced44b7e550363cc7a049fd7042b000c');
INSERT INTO "score_log" VALUES(5,'775fb808c46bee256611f90f0744a883','2026-03-01 12:04:00.000000','essay-4','d9965409340c8baad084ec87c77720103da0628bb8d6e770316aaa3bc51d9c7c','','essays','20260131_120000','2f2590b17f081de408009bc10cb363474fb66273e12fa4889a57c04cf660352b','champion','d42fe6cb1c2e1a983e030aba863ca2b66826f63820189617004ad403ec47daba',X'000080400000A0400000C0400000E040','{"grade":"C","score":4}','C','release',1.0,'','','6d3d1c91aae9188dbc8f509093bfde35ced44b7e550363cc7a049fd7042b000c','f6836180ec6d5997dd77ce6f8467bd88f17e4c2d02644884d304b0f27424b1cb');
INSERT INTO "score_log" VALUES(6,'edc497dac114772ecd32bf4a763deabd','2026-03-01 12:05:00.000000','essay-5','ae3ab66e30ba704883fb64e258cf1a80de47814cdcf18383e974e92e7b0809cc','','essays','20260131_120000','2f2590b17f081de408009bc10cb363474fb66273e12fa4889a57c04cf660352b','champion','d42fe6cb1c2e1a983e030aba863ca2b66826f63820189617004ad403ec47daba',X'0000A0400000C0400000E04000000041','{"grade":"C","score":5}','C','review',1.25,'','','f6836180ec6d5997dd77ce6f8467bd88f17e4c2d02644884d304b0f27424b1cb','95f159ece3af745bab0b26fdb0c09c5a7ed254b4ba160967d3d2d18c54bfc866');
CREATE TABLE score_log_head (
	id INTEGER NOT NULL, 
	serial INTEGER NOT NULL, 
	digest VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT score_log_head_one CHECK (id = 1)
);
INSERT INTO "score_log_head" VALUES(1,6,'95f159ece3af745bab0b26fdb0c09c5a7ed254b4ba160967d3d2d18c54bfc866');
CREATE TABLE score_log_origins (
	serial INTEGER NOT NULL, 
	digest VARCHAR NOT NULL, 
	"before" DATETIME NOT NULL, 
	PRIMARY KEY (serial)
);
INSERT INTO "score_log_origins" VALUES(2,'80ff52d2f9cddc79721e48c9a8dcbf2e5abc8c6153eee715f1ced0c2c9729d59','2026-03-01 12:02:00.000000');
CREATE TABLE score_queue (
	serial INTEGER NOT NULL, 
	route VARCHAR NOT NULL, 
	urgency FLOAT NOT NULL, 
	PRIMARY KEY (serial)
);
INSERT INTO "score_queue" VALUES(6,'review',1.25);
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
CREATE UNIQUE INDEX score_log_id ON score_log (id);
CREATE INDEX score_log_essay ON score_log (essay_id, serial);
CREATE INDEX score_queue_order ON score_queue (urgency DESC, serial, route);
CREATE UNIQUE INDEX corrections_id ON corrections (id);
CREATE INDEX corrections_of_score ON corrections (score_id);
CREATE INDEX corrections_at ON corrections (corrected_at);
CREATE TRIGGER score_log_no_update BEFORE UPDATE ON score_log BEGIN SELECT RAISE(ABORT, 'score_log is only ever added to'); END;
CREATE TRIGGER score_log_no_delete BEFORE DELETE ON score_log
    WHEN OLD.serial > coalesce((SELECT max(serial) FROM score_log_origins), 0) BEGIN SELECT RAISE(ABORT, 'score_log is only ever added to'); END;
CREATE TRIGGER score_log_no_replace BEFORE INSERT ON score_log
    WHEN NEW.serial <= (SELECT max(serial) FROM score_log)
    OR EXISTS (SELECT 1 FROM score_log WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'score_log is only ever added to'); END;
CREATE TRIGGER score_log_origins_no_update BEFORE UPDATE ON score_log_origins
    BEGIN SELECT RAISE(ABORT, 'score_log_origins is only ever added to'); END;
CREATE TRIGGER score_log_origins_no_delete BEFORE DELETE ON score_log_origins
    BEGIN SELECT RAISE(ABORT, 'score_log_origins is only ever added to'); END;
CREATE TRIGGER score_log_origins_no_replace BEFORE INSERT ON score_log_origins
    WHEN NEW.serial <= coalesce((SELECT max(serial) FROM score_log_origins), 0) BEGIN SELECT RAISE(ABORT, 'score_log_origins is only ever added to'); END;
CREATE TRIGGER corrections_no_update BEFORE UPDATE ON corrections BEGIN SELECT RAISE(ABORT, 'corrections is only ever added to'); END;
CREATE TRIGGER corrections_no_delete BEFORE DELETE ON corrections
    WHEN EXISTS (SELECT 1 FROM score_log WHERE id = OLD.score_id AND serial > coalesce((SELECT max(serial) FROM score_log_origins), 0))
    BEGIN SELECT RAISE(ABORT, 'corrections is only ever added to'); END;
CREATE TRIGGER corrections_no_replace BEFORE INSERT ON corrections
    WHEN EXISTS (SELECT 1 FROM corrections WHERE id = NEW.id OR serial = NEW.serial)
    BEGIN SELECT RAISE(ABORT, 'corrections is only ever added to'); END;
CREATE TRIGGER score_queue_joined AFTER INSERT ON score_log WHEN NEW.route <> 'release'
    BEGIN INSERT INTO score_queue VALUES (NEW.serial, NEW.route, NEW.urgency); END;
CREATE TRIGGER score_queue_served AFTER INSERT ON corrections
    BEGIN DELETE FROM score_queue
    WHERE serial = (SELECT serial FROM score_log WHERE id = NEW.score_id); END;
CREATE TRIGGER score_queue_left AFTER DELETE ON score_log
    BEGIN DELETE FROM score_queue WHERE serial = OLD.serial; END;
CREATE INDEX ix_cj_comparison_pairs_cj_batch_id ON cj_comparison_pairs (cj_batch_id);
CREATE INDEX ix_anchor_essay_references_text_storage_id ON anchor_essay_references (text_storage_id);
CREATE INDEX batch_results_finalized ON batch_results (finalized_at);
CREATE UNIQUE INDEX gradewise_outbox_id ON gradewise_outbox (id);
CREATE INDEX gradewise_outbox_waiting ON gradewise_outbox (serial) WHERE published_at IS NULL;
CREATE UNIQUE INDEX correction_links_correction ON correction_links (correction_id);
CREATE TRIGGER correction_links_no_update BEFORE UPDATE ON correction_links BEGIN SELECT RAISE(ABORT, 'correction_links is only ever added to'); END;
CREATE TRIGGER correction_links_no_delete BEFORE DELETE ON correction_links BEGIN SELECT RAISE(ABORT, 'correction_links is only ever added to'); END;
CREATE TRIGGER correction_links_no_replace BEFORE INSERT ON correction_links
    WHEN NEW.serial <= (SELECT max(serial) FROM correction_links)
    OR EXISTS (SELECT 1 FROM correction_links WHERE correction_id = NEW.correction_id) BEGIN SELECT RAISE(ABORT, 'correction_links is only ever added to'); END;
COMMIT;
