# Runs one git command on the work tree of the start directory.
# $1 "reads" or "writes", $2 a revision that must name commits, or empty; then the command's words.
# A command that reads starts no program that a configuration or an attribute names.
mode=$1
revision=$2
shift 2
unset CDPATH

fail() {
  printf '%s\n' "$1" >&2
  exit 65
}

# Variables of a calling git (a hook, a rebase) may name another repository.
unset GIT_DIR GIT_WORK_TREE GIT_COMMON_DIR GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_NAMESPACE \
  GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_PREFIX GIT_IMPLICIT_WORK_TREE GIT_GRAFT_FILE \
  GIT_SHALLOW_FILE GIT_REPLACE_REF_BASE GIT_NO_REPLACE_OBJECTS GIT_QUARANTINE_PATH \
  GIT_CONFIG GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT GIT_ATTR_SOURCE GIT_EXTERNAL_DIFF \
  GIT_DIFF_OPTS GIT_PAGER GIT_SEQUENCE_EDITOR GIT_ASKPASS GIT_SSH GIT_SSH_COMMAND \
  GIT_PROXY_COMMAND GIT_LITERAL_PATHSPECS GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS \
  GIT_ICASE_PATHSPECS GIT_NOTES_REF GIT_NOTES_DISPLAY_REF GIT_TRACE GIT_TRACE2 GIT_TRACE2_EVENT \
  GIT_TRACE2_PERF GIT_TRACE_SETUP GIT_TRACE_PERFORMANCE GIT_TRACE_PACKET GIT_TRACE_PACK_ACCESS

# The sentinel keeps newlines at the end of a directory's name.
physical() {
  directory=$(cd -P -- "$1" 2>/dev/null && pwd -P && printf x) || return 1
  directory=${directory%??}
}

# If git cannot read a configuration, it prints words of it after `error: `.
one_line_of() {
  line=$(git rev-parse "$@" 2>/dev/null && printf x) || fail_as_git "$@"
  line=${line%??}
}

fail_as_git() {
  said=$(git rev-parse "$@" 2>&1)
  status=$?
  set -f
  IFS='
'
  for line in $said; do
    case $line in
      'error: '*) ;;
      *) printf '%s\n' "$line" >&2 ;;
    esac
  done
  exit $status
}

# The work tree is the directory with the .git: core.worktree may name no other one. If the .git
# leads to a repository elsewhere, that repository must name this work tree, as the one of a linked
# work tree or a submodule does.
one_line_of --show-toplevel
top=$line
one_line_of --absolute-git-dir
repository=$line
physical .
here=$directory
case ${here%/}/ in
  "${top%/}"/*) ;;
  *) fail "the repository's core.worktree names '$top', which does not hold this directory" ;;
esac
directory=
resolved=$(git rev-parse --resolve-git-dir "${top%/}/.git" 2>/dev/null && printf x) &&
  physical "${resolved%??}"
[ "$directory" = "$repository" ] ||
  fail "the repository's core.worktree names '$top', which is not the directory of its .git"
if [ -d "${top%/}/.git" ] && [ ! -L "${top%/}/.git" ]; then
  [ ! -e "$repository/commondir" ] ||
    fail "'.git' leads to a repository elsewhere, by a file named commondir"
elif [ -f "$repository/gitdir" ]; then
  IFS= read -r back <"$repository/gitdir"
  directory=
  case $back in
    /*) physical "${back%/*}" ;;
    *) physical "$repository/${back%/*}" ;;
  esac
  [ "$directory" = "$top" ] ||
    fail "'.git' leads to '$repository', which is the repository of another work tree"
elif ! git config core.worktree >/dev/null; then
  fail "'.git' leads to '$repository', which does not name this work tree: if that is right, say so there with git config core.worktree"
fi

# If git cannot read one of these files, it prints lines of it. A link could lead to any file of the
# account, so it may lead only to the file of the same name in another repository.
common=$repository
if [ -f "$repository/commondir" ]; then
  IFS= read -r common <"$repository/commondir"
  case $common in
    /*) ;;
    *) common=$repository/$common ;;
  esac
fi
for name in config config.worktree packed-refs shallow info/grafts objects/info/alternates \
  MERGE_HEAD FETCH_HEAD; do
  for file in "$repository/$name" "$common/$name"; do
    [ -L "$file" ] || continue
    there=$(readlink "$file")
    case $there in
      /*) ;;
      *) there=${file%/*}/$there ;;
    esac
    [ "${there##*/}" = "${file##*/}" ] && [ ! -L "$there" ] ||
      fail "'$file' is a link to '$there', which is no such file of a repository"
  done
done

# The output does not depend on settings.
for setting in \
  core.fsmonitor=false core.quotePath=false core.abbrev=auto core.bigFileThreshold=512m \
  mailmap.file= mailmap.blob= \
  color.ui=false color.advice=false color.branch=false color.diff=false color.status=false \
  column.ui=never column.status=never i18n.logOutputEncoding=UTF-8 submodule.recurse=false \
  blame.coloring=none blame.date=iso blame.showEmail=false blame.showRoot=false \
  blame.blankBoundary=false blame.markIgnoredLines=false \
  blame.markUnblamableLines=false \
  diff.algorithm=default diff.context=3 diff.interHunkContext=0 diff.noprefix=false \
  diff.mnemonicPrefix=false diff.srcPrefix=a/ diff.dstPrefix=b/ diff.relative=false \
  diff.renames=true diff.renameLimit=1000 diff.orderFile=/dev/null diff.colorMoved=no \
  diff.suppressBlankEmpty=false diff.indentHeuristic=true diff.submodule=short \
  log.date=default log.decorate=no log.follow=false log.abbrevCommit=false log.showRoot=true \
  log.showSignature=false log.mailmap=true log.diffMerges=separate \
  status.showUntrackedFiles=normal status.relativePaths=true status.renames=true \
  status.renameLimit=1000 status.submoduleSummary=false status.showStash=false \
  status.aheadBehind=true; do
  set -- -c "$setting" "$@"
done

if [ "$mode" = reads ]; then
  LC_ALL=C
  LANGUAGE=
  export LC_ALL LANGUAGE
  set -- -c core.hooksPath=/dev/null "$@"
  # Git has no switch against these, so each one that is configured is overridden.
  set -f
  IFS='
'
  for key in $(git config --name-only --get-regexp '^(filter|hook|diff)\..*\.'); do
    name=${key%.*}
    case $key in
      filter.*=* | hook.*=* | diff.*=*)
        fail "the configuration of git has the section '$name'; one with = in its name cannot be turned off"
        ;;
      filter.*)
        set -- -c "$name.clean=" -c "$name.smudge=" -c "$name.process=" \
          -c "$name.required=false" "$@"
        ;;
      hook.*) set -- -c "$name.enabled=false" "$@" ;;
      diff.*.binary) set -- -c "$key=auto" "$@" ;;
      diff.*funcname) set -- -c "$name.xfuncname=^[[:alpha:]_\$].*" "$@" ;;
    esac
  done
  # If git cannot read such a file, it prints a line of it, and has no switch against that.
  for file in $(git config --type=path --get-all blame.ignoreRevsFile); do
    case $file in
      /*) ;;
      *) file=$top/$file ;;
    esac
    directory=
    [ -L "$file" ] || physical "${file%/*}/"
    case $directory/ in
      "${top%/}"/*) ;;
      *) fail "blame.ignoreRevsFile names '$file', which is not in the work tree" ;;
    esac
  done
  unset IFS
fi

# The hash of a file or a directory would show content that rules on paths deny.
if [ -n "$revision" ]; then
  for hash in $(git rev-parse --revs-only "$revision" 2>/dev/null); do
    git cat-file -e "${hash#^}^{commit}" 2>/dev/null ||
      fail "the revision is no commit: name one, and the file as 'path'"
  done
fi
exec git --no-pager "$@"
