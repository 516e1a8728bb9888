create table apigateway_api (
    account text not null,
    region text not null,
    api_id text not null,
    document text not null
);
create unique index apigateway_api_key on apigateway_api (account, region, api_id);
-- A request names an API by its id alone.
create unique index apigateway_api_id on apigateway_api (api_id);

create table apigateway_resource (
    account text not null,
    region text not null,
    api_id text not null,
    resource_id text not null,
    path text not null,
    document text not null
);
create unique index apigateway_resource_key on apigateway_resource (account, region, api_id, resource_id);
create unique index apigateway_resource_path on apigateway_resource (account, region, api_id, path);

-- What is served: the API and its resources as they were.
create table apigateway_deployment (
    account text not null,
    region text not null,
    api_id text not null,
    deployment_id text not null,
    document text not null,
    api text not null,
    resources text not null
);
create unique index apigateway_deployment_key
    on apigateway_deployment (account, region, api_id, deployment_id);

create table apigateway_stage (
    account text not null,
    region text not null,
    api_id text not null,
    stage_name text not null,
    deployment_id text not null,
    version integer not null,
    document text not null
);
create unique index apigateway_stage_key on apigateway_stage (account, region, api_id, stage_name);
create unique index apigateway_stage_route on apigateway_stage (api_id, stage_name);
