# shellcheck shell=bash
# Packing, so that the same code is the same zip to the bit where the toolchain and the path of cargo's home are the same.

# package <name>…: $work/<name>.zip with nothing in it but `bootstrap`.
package() {
  local name
  step "Packing"
  for name; do
    right_machine "$name"
    if [[ ! -e $work/$name.zip ]] && ! pack "$name" 2>"$error"; then
      room
      fail "$name cannot be packed: $(tail -n 1 "$error"). $(so_far)"
    fi
    note "$name  $(digest "$name" | cut -c 1-12)  $(($(wc -c <"$work/$name.zip") / 1024)) KB"
  done
}

# right_machine <name>: a program for another machine would be packed as well, and not start.
right_machine() {
  local file machine
  file=$(program "$1") || exit
  machine=$(readelf --file-header "$file" 2>"$error" | sed -nE 's/^ *Machine: *//p') || true
  case $architecture:$machine in
    arm64:AArch64 | x86_64:*X86-64*) ;;
    *) fail "The program of $1 is for ${machine:-a machine that cannot be read}, and ARCHITECTURE is $architecture: look for a target in the configuration of cargo. $(so_far)" ;;
  esac
}

# The date, the mode and the owner of a file are part of a zip: always the same ones. The zip is there when it is whole. The last one
# of each function stays in cargo's target folder, and is taken if the program is the same.
pack() {
  local file=$work/$1/bootstrap level=-9 last=$target/packed/$1 same
  if [[ $profile != release ]]; then level=-1; fi
  same=$last/$tool$level-$(openssl dgst -sha256 -r "$(program "$1")" | cut -d ' ' -f 1).zip || return
  if ln "$same" "$work/$1.zip" 2>/dev/null; then return; fi
  rm -rf "${work:?}/$1" && mkdir "$work/$1" && cp -- "$(program "$1")" "$file" || return
  if [[ $tool == native ]]; then strip "$file" || return; fi
  chmod 755 "$file" && TZ=UTC touch -t 198001010000 "$file" &&
    (cd "$work/$1" && TZ=UTC zip -q -X "$level" new.zip bootstrap) && mv "$work/$1/new.zip" "$work/$1.zip" && rm -r "${work:?}/$1" || return
  { rm -rf "$last" && mkdir -p "$last" && ln "$work/$1.zip" "$same"; } 2>/dev/null || true
}

# ahead: packs functions as they are built, lines of a name and a file, and uploads them if there is a bucket; until there is one,
# nothing at AWS is touched before all are built. Silently: what does not work out is done again afterwards, where it is said.
ahead() {
  local name file packing=yes sending=yes error=$work/error.ahead
  if [[ $dry_run ]]; then sending=; fi
  if [[ $tool == lambda ]]; then packing=; fi
  while read -r name file; do
    if [[ ! $packing || -e $work/compiled || " ${all[*]} " != *" $name "* ]]; then continue; fi
    echo "$name $file" >>"$work/programs"
    quietly pack_ahead "$name" || packing=
    if [[ $packing && $sending && ! -e $work/compiled ]]; then quietly send_ahead "$name" || sending=; fi
  done
}

# quietly <command> …: … of which nobody hears if it fails.
quietly() { (fail() { exit 1; } && "$@") >/dev/null 2>&1; }

pack_ahead() { below_ceiling "$1" && right_machine "$1" && pack "$1"; }

send_ahead() {
  bucket_is_there || return
  if [[ ! -e $work/keys ]]; then list_keys || return; fi
  if is_there "$(key "$1")"; then return; fi
  put "$work/$1.zip" "$(key "$1")" && : >"$work/$1.sent"
}
