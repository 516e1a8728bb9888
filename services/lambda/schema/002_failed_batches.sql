create table lambda_failed_batch (
    account text not null,
    region text not null,
    uuid text not null,
    shard text not null,
    first_sequence text not null,
    last_sequence text not null,
    records integer not null,
    function_arn text not null,
    trace_id text not null,
    error text not null,
    failed_ms integer not null
);
create unique index lambda_failed_batch_key
    on lambda_failed_batch (account, region, uuid, shard, first_sequence);
