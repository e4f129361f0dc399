"""What bash 3.2, the newest that macOS brings, does not know. Debian has no 3.2 to try it with, so the text is searched for it."""

import re

# The construct, and what it looks like in code without comments and without what is in single quotes.
LACKS = {
    "mapfile, readarray (4.0)": r"\b(mapfile|readarray)\b",
    "associative arrays, global or by name (4.0, 4.2, 4.3)": r"\b(declare|local|typeset|readonly)\s+(-\w+\s+)*-\w*[Agn]",
    "local - (4.4)": r"\blocal\s+-\s*($|[;&|])",
    "case of letters (4.0)": r"\$\{!?\w+(\[[^]]*\])?(\^\^?|,,?|~~?)",
    "transformations (4.4)": r"\$\{!?\w+(\[[^]]*\])?@[A-Za-z]\}",
    "negative indices (4.3)": r"\w\[\s*-\s*\d+\s*\]",
    # A default, as in ${a:-${b:-c}}, is none.
    "negative lengths (4.2)": r"\$\{\w+:(?![-=?+])[^}:]*:\s*-",
    "|& (4.0)": r"\|&(?!&)",
    "&>> (4.0)": r"&>>",
    ";& and ;;& (4.0)": r";&",
    "coproc (4.0)": r"\bcoproc\b",
    "wait -n, wait -p (4.3, 5.1)": r"\bwait\s+-\w",
    "printf -v into an array (4.1)": r"\bprintf\s+-v\s*\S*\[",
    "printf of a time (4.2)": r"%\([^)]*\)T",
    "variables (4.0 to 5.1)": r"\b(EPOCHSECONDS|EPOCHREALTIME|BASHPID|SRANDOM|BASH_ARGV0|BASH_XTRACEFD|BASH_COMPAT)\b",
    "test -v, test -R (4.2, 4.3)": r"(\[\[?|\btest|&&|\|\||!)\s+-[vR]\s",
    "read -t with a fraction, read -N, read -i (4.0)": r"\bread\s+(-\w+\s+)*(-\w*[Ni]\b|-t\s*\d*\.\d)",
    "options of shopt (4.0 to 4.4)": r"\b(globstar|lastpipe|inherit_errexit|autocd|dirspell|checkjobs|localvar_inherit|assoc_expand_once)\b",
    "steps and zeros of a range (4.0)": r"\{(\w+\.\.\w+\.\.|0\d+\.\.|\d+\.\.0\d)",
    "a file's number in a variable (4.1)": r"\{[A-Za-z_]\w*\}[<>]",
    "letters by number (4.2)": r"\$'[^']*\\[uU][0-9A-Fa-f]",
    "case with bare patterns in $( ) (4.0)": r"\$\(\s*case\b[^()]*\bin\s+[^()\s]+\)",
    "help -d, ulimit -b (4.0, 5.1)": r"\b(help\s+-[dm]|ulimit\s+-[bPRT])\b",
}
COMMENT = re.compile(r"(^|[\s;&|(])#.*")
SINGLE = re.compile(r"(?<![$\\\w\"])'[^'\n]*'")
EXPANDED = re.compile(r"\$\{(\w+)\[[@*]\][:}]")


def _code(text):
    """The lines without comments."""
    return [_uncommented(line) for line in text.splitlines()]


def _uncommented(line):
    # A `#` within quotes is none of a comment, nor is `$#`.
    for found in re.finditer(r"(?:^|(?<=[\s;(]))#", line):
        before = line[: found.start()]
        if before.count('"') % 2 == 0 and before.count("'") % 2 == 0:
            return before
    return line


def lacking(text):
    """The constructs that bash 3.2 lacks, with their lines."""
    found = []
    for number, line in enumerate(_code(text), 1):
        plain = line if "%(" in line else SINGLE.sub("''", line)
        for name, pattern in LACKS.items():
            if re.search(pattern, plain) or (name.startswith(("negative ind", "printf -v", "letters")) and re.search(pattern, line)):
                found.append(f"line {number}: {name}")
    return found


def unguarded(text):
    """The arrays that are expanded where they may be empty: not as `${list[@]+…}`, and not on a line that counts them first."""
    found = []
    for line in _code(text):
        guards = set(re.findall(r"\$\{(\w+)\[[@*]\]\+", line)) | set(re.findall(r"\$\{#(\w+)\[[@*]\]\}", line))
        found += [name for name in EXPANDED.findall(line) if name not in guards]
    return found
