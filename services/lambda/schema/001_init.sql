create table lambda_function (
    account text not null,
    region text not null,
    name text not null,
    last_version integer not null,
    reserved_concurrency integer,
    max_retries integer,
    max_age_s integer,
    event_config_ms integer,
    tags text not null
);
create unique index lambda_function_key on lambda_function (account, region, name);

create table lambda_version (
    account text not null,
    region text not null,
    name text not null,
    number integer not null,
    configuration text not null,
    code_id text not null,
    hot_reload_folder text not null
);
create unique index lambda_version_key on lambda_version (account, region, name, number);
create index lambda_version_code on lambda_version (code_id);

create table lambda_alias (
    account text not null,
    region text not null,
    name text not null,
    alias text not null,
    number integer not null,
    configuration text not null
);
create unique index lambda_alias_key on lambda_alias (account, region, name, alias);

create table lambda_permission (
    account text not null,
    region text not null,
    name text not null,
    qualifier text not null,
    statement_id text not null,
    position integer not null,
    statement text not null
);
create unique index lambda_permission_key
    on lambda_permission (account, region, name, qualifier, statement_id);

create table lambda_invocation (
    account text not null,
    region text not null,
    id text not null,
    name text not null,
    qualifier text not null,
    payload blob not null,
    client_context text not null,
    trace_id text not null,
    trace text not null,
    queued_ms integer not null,
    due_ms integer not null,
    state integer not null,
    attempt integer not null,
    lease_boot integer not null,
    error text not null
);
create unique index lambda_invocation_key on lambda_invocation (id);
create index lambda_invocation_due on lambda_invocation (state, due_ms);
create index lambda_invocation_account on lambda_invocation (account, state);

create table lambda_mapping (
    account text not null,
    region text not null,
    uuid text not null,
    function_name text not null,
    function_arn text not null,
    source_arn text not null,
    enabled integer not null,
    configuration text not null
);
create unique index lambda_mapping_key on lambda_mapping (account, region, uuid);

create table lambda_checkpoint (
    account text not null,
    region text not null,
    uuid text not null,
    shard text not null,
    sequence text not null,
    finished integer not null
);
create unique index lambda_checkpoint_key on lambda_checkpoint (account, region, uuid, shard);
