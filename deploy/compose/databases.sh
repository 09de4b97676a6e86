#!/bin/sh
# Three databases and the accounts that serve on them. The log's account is a member of a role that may only
# read and append; `bidao migrate` makes that role, so it is granted here in advance.
set -eu
psql --set=ON_ERROR_STOP=1 --username postgres <<SQL
CREATE ROLE bidao_log_reader NOLOGIN;
CREATE ROLE bidao_log_writer NOLOGIN;
CREATE ROLE log LOGIN PASSWORD '$LOG_PASSWORD' IN ROLE bidao_log_writer;
CREATE ROLE views LOGIN PASSWORD '$VIEWS_PASSWORD';
CREATE ROLE vault LOGIN PASSWORD '$VAULT_PASSWORD';
CREATE DATABASE log;
CREATE DATABASE views OWNER views;
CREATE DATABASE vault OWNER vault;
REVOKE ALL ON DATABASE log, views, vault FROM PUBLIC;
GRANT CONNECT ON DATABASE log TO log;
SQL
