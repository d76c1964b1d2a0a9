--liquibase formatted sql

--changeset netbase:registry-1
--comment: What is stored and named: users, asset packages with their versions and files, agents, workflows.
-- Ids are handed out one by one: registering is rare, and small numbers are easy to read.
create sequence users_seq;
create table users (
    id           bigint primary key default nextval('users_seq'),
    subject      text        not null unique,
    display_name text        not null,
    created_at   timestamptz not null default now()
);

create sequence asset_packages_seq;
create table asset_packages (
    id          bigint primary key default nextval('asset_packages_seq'),
    nanoid      text        not null unique,
    name        text        not null unique,
    description text,
    owner_id    bigint      not null references users,
    created_at  timestamptz not null default now()
);

create sequence asset_versions_seq;
create table asset_versions (
    id             bigint primary key default nextval('asset_versions_seq'),
    package_id     bigint      not null references asset_packages,
    version_string text        not null,
    -- sorts as SemVer precedence does, byte by byte
    precedence     text collate "C" not null,
    description    text,
    created_at     timestamptz not null default now(),
    unique (package_id, version_string)
);
create index asset_versions_precedence on asset_versions (package_id, precedence);

create sequence asset_files_seq;
create table asset_files (
    id             bigint primary key default nextval('asset_files_seq'),
    version_id     bigint not null references asset_versions,
    file_type      text   not null check (file_type in ('WASM', 'CONFIG_JSON', 'SQL_SCRIPT', 'DOCKERFILE', 'README_MD', 'OTHER')),
    relative_path  text   not null,
    checksum       text   not null check (checksum ~ '^[0-9a-f]{64}$'),
    size_bytes     bigint not null check (size_bytes >= 0),
    -- for an executable file: the content of the X.config.json beside it, the lowest configuration layer
    default_config json
);
create unique index asset_files_path on asset_files (version_id, lower(relative_path));

create sequence agents_seq;
create table agents (
    id            bigint primary key default nextval('agents_seq'),
    name          text        not null unique,
    agent_type    text        not null check (agent_type in ('WASM', 'CONTAINER', 'SQL')),
    asset_file_id bigint      not null references asset_files,
    config        json        not null,
    owner_id      bigint      not null references users,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now()
);
create index agents_asset_file on agents (asset_file_id);

create sequence workflows_seq;
create table workflows (
    id             bigint primary key default nextval('workflows_seq'),
    name           text        not null unique,
    latest_version int         not null,
    owner_id       bigint      not null references users,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now()
);

create sequence workflow_versions_seq;
create table workflow_versions (
    id          bigint primary key default nextval('workflow_versions_seq'),
    workflow_id bigint      not null references workflows,
    version     int         not null,
    definition  json        not null,
    created_at  timestamptz not null default now(),
    unique (workflow_id, version)
);

-- which agents a workflow's latest version names, so that one in use is not deleted
create table workflow_agents (
    workflow_id bigint not null references workflows,
    agent_id    bigint not null references agents,
    primary key (workflow_id, agent_id)
);
create index workflow_agents_agent on workflow_agents (agent_id);
