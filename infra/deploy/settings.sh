# shellcheck shell=bash
# The settings of .aws. A variable of the environment with the same name wins over the file.

# What .aws can say in addition to the parameters of the template, and what holds if it does not.
readonly OWN="REGION=eu-central-1
STACK=latchkey
ARCHITECTURE=arm64
MEMORY=256
RETENTION=30
USERS_PASSWORD_CONCURRENCY=
PROFILE="

# setting <name>
setting() {
  local value=${!1-}
  if [[ -z $value && -e .aws ]]; then value=$(in_file "$1"); fi
  echo "${value:-$(sed -n "s/^$1=//p" <<<"$OWN")}"
}

# Builds the program for operators. Sets `latchkey`.
operator() {
  unbuilt=' latchkey '
  aim "$(host)"
  compile build --quiet --locked --bin latchkey "${aimed[@]+"${aimed[@]}"}"
  latchkey=$(program latchkey)
}

# runtime_setting <name>: a setting of the functions, as the template has it. What .env and .env.local say is left to the
# program that reads them for `cargo run` as well, so that a line means the same to both.
runtime_setting() {
  local value
  value=$(setting "$1")
  if [[ ! $value ]]; then value=$("$latchkey" setting "$1") || fail "$1 cannot be read; the reason is above. Nothing was changed."; fi
  printf '%s' "$value"
}

# The lines of .aws, without the byte order mark with which some editors begin a file.
content() {
  local text
  text=$(<.aws)
  printf '%s\n' "${text#$'\xef\xbb\xbf'}"
}

# in_file <name>: the last NAME=value of .aws, without the quotes around it.
in_file() {
  local value
  value=$(content | sed -n "s/[[:space:]]*$//; s/^[[:space:]]*\(export \)\{0,1\}$1=//p" | tail -n 1)
  case $value in
    \"*\" | \'*\') value=${value#?} && value=${value%?} ;;
  esac
  printf '%s' "$value"
}

# A line of .aws: nothing, a comment, or NAME=value, where quotes hold whatever has a space or a sign of the shell in it. The
# file is read before there is a program that could read more than that.
readonly LINE="[[:space:]]*(#.*)?|[[:space:]]*(export )?[A-Za-z_][A-Za-z0-9_]*=([^[:space:]\"'\`\\#\$]*|\"[^\"\`\\\$]*\"|'[^']*')[[:space:]]*"

# Refuses a line that would mean something else than it looks like.
check_file() {
  local line number=0
  while read -r line || [[ $line ]]; do
    number=$((number + 1))
    is "$line" "$LINE" ||
      fail "Line $number of .aws cannot be read: write NAME=value without spaces round the =, single quotes round a value that has spaces or signs in it, and a comment on a line of its own."
  done <<<"$(content)"
}

# Refuses a name that nothing reads, because somebody expects an effect.
check_names() {
  local line number=0 name known near pattern='^(export )?([A-Za-z_][A-Za-z0-9_]*)='
  known=$(known_names)
  while read -r line || [[ $line ]]; do
    number=$((number + 1))
    [[ $line =~ $pattern ]] || continue
    name=${BASH_REMATCH[2]}
    if grep -qx "$name" <<<"$known"; then continue; fi
    near=$(nearest "$name" <<<"$known")
    if [[ $near ]]; then fail "Line $number of .aws has the unknown setting $name, did you mean $near?"; fi
    fail "Line $number of .aws has the unknown setting $name: docs/deploy.md says what .aws can hold, and what the functions read of a provider belongs into .env."
  done <<<"$(content)"
}

# What is set for a stack: our own, and each parameter of the template that is not worked out by bin/deploy itself.
known_names() {
  local name
  cut -d = -f 1 <<<"$OWN"
  for name in $(parameters_in infra/template.yaml); do
    case $name in
      CodeBucket | PublicKeys | *Code) ;;
      *) snake <<<"$name" ;;
    esac
  done
}

# parameters_in <template>: the names of its parameters.
parameters_in() { sed -nE '/^Parameters:/,/^[A-Z]/s/^  ([A-Za-z0-9]+):.*/\1/p' "$1" | grep -vx Parameters; }

# nearest <name>: the line of the input that is so many letters away as may be mistyped, if there is one.
nearest() {
  awk -v name="$1" '
    function least(a, b) { return a < b ? a : b }
    function away(one, two, i, j, at) {
      for (i = 0; i <= length(one); i++) at[i, 0] = i
      for (j = 0; j <= length(two); j++) at[0, j] = j
      for (i = 1; i <= length(one); i++)
        for (j = 1; j <= length(two); j++) {
          at[i, j] = least(least(at[i - 1, j], at[i, j - 1]) + 1, at[i - 1, j - 1] + (substr(one, i, 1) != substr(two, j, 1)))
          if (i > 1 && j > 1 && substr(one, i, 1) == substr(two, j - 1, 1) && substr(one, i - 1, 1) == substr(two, j, 1))
            at[i, j] = least(at[i, j], at[i - 2, j - 2] + 1)
        }
      return at[length(one), length(two)]
    }
    BEGIN { most = int(length(name) / 5); if (most > 3) most = 3; best = most + 1 }
    { far = away(toupper(name), $0); if (far < best) { best = far; found = $0 } }
    END { print found }'
}

settings() {
  if [[ -e .aws ]]; then
    check_file
    check_names
  fi
  region=$(setting REGION)
  stack=$(setting STACK)
  architecture=$(setting ARCHITECTURE)
  memory=$(setting MEMORY)
  retention=$(setting RETENTION)
  check_settings
  session
}

check_settings() {
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
