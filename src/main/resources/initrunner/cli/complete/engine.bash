# Completion of initrunner for bash; `initrunner completion bash` prints it.

# The words typed so far, as typed: bash takes those with : = or @ in them apart.
__initrunner_read_words() {
  local line=${COMP_LINE:0:COMP_POINT} stripped word at
  typed=()
  for ((at = 0; at <= COMP_CWORD; at++)); do
    word=${COMP_WORDS[at]}
    stripped=${line#"${line%%[![:space:]]*}"}
    ((at == COMP_CWORD)) && word=$stripped
    if ((at > 0)) && [[ $stripped == "$line" && -n $line ]]; then
      typed[${#typed[@]} - 1]+=$word
    else
      typed+=("$word")
    fi
    line=${stripped#"$word"}
  done
}

# Offers each line of the standard input that begins as the current word.
__initrunner_offer() {
  local line
  while IFS= read -r line; do
    line=${line%%$'\t'*}
    [[ -n $line && $line == "$current"* ]] && COMPREPLY+=("$prefix$line")
  done
}

__initrunner_offer_files() {
  local name
  compopt -o filenames 2>/dev/null
  while IFS= read -r name; do
    COMPREPLY+=("$prefix$name")
  done
}

# Another program may stand in front of this one's name, and a ~ is not yet what it stands for.
__initrunner_ask() {
  local program=${typed[0]/#"~/"/"$HOME/"}
  "$program" completion "$shell" --values "$1" 2>/dev/null </dev/null
}

__initrunner_offer_values() {
  case $kind in
    words) __initrunner_offer < <(printf '%s\n' $values) ;;
    list)
      local taken=
      case $current in *,*) taken=${current%,*}, ;; esac
      prefix=$prefix$taken
      current=${current#"$taken"}
      local word
      for word in $values; do
        case ,$taken in *",$word,"*) ;; *) __initrunner_offer <<<"$word" ;; esac
      done
      ;;
    host)
      case $current in *@*) prefix=$prefix${current%%@*}@ current=${current#*@} ;; esac
      __initrunner_offer < <(__initrunner_hosts 2>/dev/null)
      ;;
    hosts)
      case $current in *,*) prefix=$prefix${current%,*}, current=${current##*,} ;; esac
      __initrunner_offer < <(
        __initrunner_hosts 2>/dev/null
        __initrunner_ask hosts
      )
      ;;
    role)
      __initrunner_offer_files < <(
        compgen -f -X '!*.yaml' -- "$current"
        compgen -f -X '!*.yml' -- "$current"
        compgen -d -- "$current"
      )
      ;;
    file) __initrunner_offer_files < <(compgen -f -- "$current") ;;
    directory) __initrunner_offer_files < <(compgen -d -- "$current") ;;
    recorded_run | waiting_run) __initrunner_offer < <(__initrunner_ask "$kind") ;;
    delimiter) __initrunner_offer <<<-- ;;
  esac
}

# What stands at a place among the words that are no options; behind --host, there is no role.
__initrunner_word_at() {
  local position=$1 word
  kind='' values=''
  for word in $words; do
    [[ $word == role && -n $host ]] && continue
    kind=${word%%[:+]*}
    case $word in
      *:*)
        values=${word#*:}
        values=${values%+}
        values=${values//,/ }
        ;;
    esac
    case $word in *+) return ;; esac
    ((position == 0)) && return
    ((position--))
    kind='' values=''
  done
}

__initrunner() {
  local shell=bash typed current prefix='' path='' kind values commands options words
  local host='' option='' delimiter='' position=0 at word
  COMPREPLY=()
  __initrunner_read_words
  __initrunner_command ''
  for ((at = 1; at < ${#typed[@]} - 1; at++)); do
    word=${typed[at]}
    if [[ -n $option ]]; then
      option=
      continue
    fi
    case $word in --host | --host=*) host=yes ;; esac
    case $word in
      --)
        delimiter=yes
        break
        ;;
      -*=*) ;;
      -*) __initrunner_value "$path $word" && option=$word ;;
      *)
        case " $commands " in
          *" $word "*)
            path=${path:+$path }$word
            __initrunner_command "$path"
            ;;
          *) ((position++)) ;;
        esac
        ;;
    esac
  done

  current=${typed[${#typed[@]} - 1]}
  case $current in
    [\"\']*) current=${current:1} ;;
    *) current=${current//\\/} ;;
  esac
  local whole=$current
  if [[ -n $option ]]; then
    __initrunner_value "$path $option"
    __initrunner_offer_values
  elif [[ -n $delimiter ]]; then
    kind='file'
    __initrunner_offer_values
  elif [[ $current == --*=* ]]; then
    prefix=${current%%=*}=
    __initrunner_value "$path ${current%%=*}" && current=${current#*=} && __initrunner_offer_values
  elif [[ $current == -* ]]; then
    __initrunner_offer < <(printf '%s\n' $options)
  elif [[ -n $commands ]]; then
    __initrunner_offer < <(printf '%s\n' $commands)
  else
    __initrunner_word_at $position
    __initrunner_offer_values
    [[ -n $whole || ${#COMPREPLY[@]} -gt 0 ]] || __initrunner_offer < <(printf '%s\n' $options)
  fi

  # bash replaces only what stands behind the last character that separates words, and an @.
  local breaks=${COMP_WORDBREAKS//[[:space:]]/}
  local behind=${whole##*["$breaks"]}
  local kept=${whole%"$behind"}
  kept=${kept%@}
  for ((at = 0; at < ${#COMPREPLY[@]}; at++)); do
    COMPREPLY[at]=${COMPREPLY[at]#"$kept"}
  done
}

complete -F __initrunner initrunner
