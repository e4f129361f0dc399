# shellcheck shell=bash
# The settings of .aws. A variable of the environment with the same name beats the file.

# setting <name> [default]
setting() {
  local value=${!1-}
  if [[ -z $value && -e .aws ]]; then value=$(value_in .aws "$1"); fi
  echo "${value:-${2-}}"
}

# runtime_setting <name>: a setting of the functions, as the template has it.
runtime_setting() {
  local value file
  value=$(setting "$1")
  for file in .env.local .env; do
    if [[ -z $value && -e $file ]]; then value=$(value_in "$file" "$1"); fi
  done
  echo "$value"
}

# value_in <file> <name>: the last NAME=value of a file, without the quotes around it.
value_in() {
  local value
  value=$(sed -n "s/^[[:space:]]*\(export \)\{0,1\}$2=//p" "$1" | tail -n 1)
  case $value in
    \"*\" | \'*\') value=${value#?} && value=${value%?} ;;
  esac
  printf '%s' "$value"
}

settings() {
  region=$(setting REGION eu-central-1)
  stack=$(setting STACK latchkey)
  architecture=$(setting ARCHITECTURE arm64)
  memory=$(setting MEMORY 256)
  retention=$(setting RETENTION 30)
  : "${AWS_PROFILE:=$(setting PROFILE)}"
  judge_settings
  # Both names, for both versions of the AWS CLI; no pager, which would wait for a key.
  export AWS_REGION=$region AWS_DEFAULT_REGION=$region AWS_PAGER='' LC_ALL=C
  if [[ $AWS_PROFILE ]]; then export AWS_PROFILE; else unset AWS_PROFILE; fi
}

judge_settings() {
  is "$region" '[a-z]{2}(-[a-z]+)+-[0-9]+' ||
    fail "REGION is \"$region\", which is not the name of a region: write one such as eu-central-1 into .aws."
  # The name is also the table's, which has three letters at least, and the beginning of the bucket's and of the roles',
  # which are shorter than a stack's may be.
  is "$stack" '[a-z][a-z0-9-]{2,29}' ||
    fail "STACK is \"$stack\": write 3 to 30 small letters, digits and dashes into .aws, a letter first."
  is "$architecture" 'arm64|x86_64' || fail "ARCHITECTURE is \"$architecture\": write arm64 or x86_64 into .aws."
  { is "$memory" '[1-9][0-9]{2,4}' && ((memory >= 128 && memory <= 10240)); } ||
    fail "MEMORY is \"$memory\": write a number of megabytes from 128 to 10240 into .aws."
  # What CloudWatch Logs takes.
  is "$retention" '1|3|5|7|14|30|60|90|120|150|180|365|400|545|731|1096|1827|2192|2557|2922|3288|3653' ||
    fail "RETENTION is \"$retention\": write a number of days that CloudWatch knows into .aws: 1, 7, 30, 90, 365 or another that it offers."
}

# is <text> <pattern for all of it>
is() { [[ $1 =~ ^($2)$ ]]; }
