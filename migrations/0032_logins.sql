-- part: ledger
-- A program that traded a link's code has a token under the link's id from then on (login_ms). Each time it is renewed it is
-- signed anew: former has those of before that are still taken, as JSON [{kid, sha256}]. used_ms: when it was last seen, roughly.
ALTER TABLE access_tokens ADD COLUMN login_ms BIGINT;

ALTER TABLE access_tokens ADD COLUMN former TEXT NOT NULL DEFAULT '[]';

ALTER TABLE access_tokens ADD COLUMN used_ms BIGINT;
