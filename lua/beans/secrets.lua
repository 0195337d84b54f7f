-- Files that hold secrets by their name: none is ever sent, whoever asks. In gitignore syntax, in small letters; what
-- is compared is the whole path from the root, in small letters too. Pure.

local ignore = require('beans.ignore')
local path_of = require('beans.path')

local M = {}

M.RULES = [[
# Settings of a program with its passwords; samples of them are none.
.env*
*.env
*.tfvars
*.tfstate
*.tfstate.*
secrets.yml
secrets.yaml
secrets.json
secrets.toml
!*.example
!*.sample
!*.template
!*.dist
!*.defaults

# Keys and certificates with their keys.
*.pem
*.key
*.p12
*.pfx
*.ppk
*.p8
*.jks
*.keystore
*.keytab
*.ovpn
id_rsa*
id_dsa*
id_ecdsa*
id_ed25519*
id_xmss
**/.ssh/**
!*.pub
!**/.ssh/config
!**/.ssh/known_hosts
**/.gnupg/**
**/.password-store/**

# Stores of passwords.
*.kdbx
*.kdb
*.agilekeychain/**
*.opvault/**
login.keychain*
logins.json
key4.db

# Logins of programs.
.netrc
_netrc
.authinfo
.authinfo.gpg
.npmrc
.pypirc
.pgpass
pgpass.conf
.my.cnf
.mylogin.cnf
.htpasswd
htpasswd
.git-credentials
**/.config/git/credentials
.dockercfg
**/.docker/config.json
.s3cfg
.boto
.vault-token
.terraformrc
credentials.tfrc.json
.msmtprc
.fetchmailrc
**/.cargo/credentials
**/.cargo/credentials.toml
**/.gem/credentials
**/.composer/auth.json
**/.config/gh/hosts.yml
**/.config/hub
**/rclone.conf
**/.config/op/**

# Clouds.
**/.aws/credentials
**/.aws/config
**/.aws/sso/cache/**
**/.aws/cli/cache/**
**/gcloud/credentials.db
**/gcloud/access_tokens.db
**/gcloud/legacy_credentials/**
application_default_credentials.json
**/.azure/accesstokens.json
**/.azure/msal_token_cache.*
**/.azure/service_principal_entries.*
**/.kube/config
**/.kube/cache/**
kubeconfig
*.kubeconfig
credentials.json
client_secret*.json
service-account*.json
service_account*.json

# The system's, and what was typed into a shell.
/etc/shadow*
/etc/gshadow*
.bash_history
.zsh_history
.sh_history
.psql_history
.mysql_history
]]

local rules

--- Whether a file is on the list.
---@param path string absolute
---@return boolean
function M.has(path)
  rules = rules or ignore.parse(M.RULES)
  local parts = path_of.parts(path:lower())
  local rule = ignore.rule_for(rules, parts, 1, #parts, false)
  return rule ~= nil and not rule.negated
end

return M
