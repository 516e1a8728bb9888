-- What a bucket is configured with: one row a kind, or a row an Id where a kind may stand several times.
create table s3_configurations (
    id integer primary key,
    bucket integer not null,
    kind integer not null,  -- see configuration/kind.h
    name text not null,     -- the configuration's Id; empty for a kind that stands once
    body text not null      -- the document as XML; a policy as JSON
);
create unique index s3_configurations_name on s3_configurations (bucket, kind, name);

-- Which kinds are there and what of public access is blocked, as bits of configuration/kind.h.
alter table s3_buckets add column configured integer not null default 31;
-- Changes with every configuration, to a number that no other state of any bucket has; 0: never configured.
alter table s3_buckets add column settings integer not null default 0;
