create table kinesis_counter (
    account text not null,
    region text not null,
    last_stream_id integer not null
);
create unique index kinesis_counter_key on kinesis_counter (account, region);

create table kinesis_stream (
    account text not null,
    region text not null,
    name text not null,
    stream_id integer not null,
    mode text not null,
    shard_count integer not null,
    retention_hours integer not null,
    max_record_bytes integer not null,
    created_ms integer not null,
    active_ms integer not null,
    delete_ms integer
);
create unique index kinesis_stream_key on kinesis_stream (account, region, name);
create index kinesis_stream_delete on kinesis_stream (delete_ms);

create table kinesis_tag (
    account text not null,
    region text not null,
    stream_id integer not null,
    name text not null,
    value text not null
);
create unique index kinesis_tag_key on kinesis_tag (account, region, stream_id, name);

create table kinesis_shard (
    account text not null,
    region text not null,
    stream_id integer not null,
    shard integer not null,
    first_hash blob not null,
    last_hash blob not null,
    created_s integer not null,
    next_position integer not null,
    last_arrival_ms integer not null
);
create unique index kinesis_shard_key on kinesis_shard (account, region, stream_id, shard);
create unique index kinesis_shard_hash on kinesis_shard (account, region, stream_id, first_hash);

create table kinesis_record (
    account text not null,
    region text not null,
    stream_id integer not null,
    shard integer not null,
    position integer not null,
    arrived_ms integer not null,
    partition_key text not null,
    data blob not null,
    trace text not null
);
create unique index kinesis_record_key on kinesis_record (account, region, stream_id, shard, position);
