-- Bucket names are one space for all accounts and regions.
create table s3_buckets (
    id integer primary key,
    account text not null,
    region text not null,
    name text not null,
    location text not null,      -- the LocationConstraint as given; empty for us-east-1
    ownership text not null,     -- BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter
    acl text not null,           -- canned; empty: private
    created_ms integer not null,
    notification text,           -- JSON, see notification.h; null: none
    -- Which kinds are there and what of public access is blocked, as bits of configuration/kind.h.
    configured integer not null default 31,
    -- Changes with every configuration, to a number that no other state of any bucket has; 0: never.
    settings integer not null default 0,
    versioning text not null default '',     -- Enabled, Suspended; empty: never had versions
    object_lock text not null default ''     -- JSON, see object_lock.h; empty: no lock
);
create unique index s3_buckets_name on s3_buckets (name);
create unique index s3_buckets_account on s3_buckets (account, name);

-- The last sequencer of an event record: it grows with every event, across restarts.
create table s3_sequencer (id integer primary key, value integer not null);
insert into s3_sequencer (id, value) values (1, 0);
