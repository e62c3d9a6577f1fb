/** By shell: each asks the program itself, so that none is ever out of date. */
export const COMPLETION_SCRIPTS = {
  bash: `_portlock() {
  local IFS=$'\\n' line index word cut words=() candidates=()
  # Readline has --output=json as three words, and puts what it is given in place of the third.
  for (( index = 1; index <= COMP_CWORD; index++ )); do
    word=\${COMP_WORDS[index]} cut=
    if (( index > 1 )) && [[ $word == = || \${COMP_WORDS[index - 1]} == = ]]; then
      words[\${#words[@]} - 1]+=$word
      cut=\${words[\${#words[@]} - 1]%%=*}=
    else
      words+=("$word")
    fi
  done
  for line in $(portlock __complete "\${words[@]}" 2>/dev/null); do
    case $line in
      :0) compopt -o default 2>/dev/null ;;
      :*) ;;
      *) line=\${line%%$'\\t'*} candidates+=("\${line#"$cut"}") ;;
    esac
  done
  COMPREPLY=("\${candidates[@]}")
}
complete -F _portlock portlock
`,
  zsh: `#compdef portlock
_portlock() {
  local line files=:4
  local -a lines candidates
  lines=("\${(@f)$(portlock __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    case $line in
      :*) files=$line ;;
      *$'\\t'*) candidates+=("\${line%%$'\\t'*}:\${line#*$'\\t'}") ;;
      *) candidates+=("$line") ;;
    esac
  done
  (( $#candidates )) && _describe portlock candidates
  [[ $files == :0 ]] && _files
}
compdef _portlock portlock
`,
  fish: `function __portlock_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in (portlock __complete $words[2..-1] 2>/dev/null)
    switch $line
      case ':0'
        __fish_complete_path (commandline -ct)
      case ':*'
      case '*'
        echo $line
    end
  end
end
complete -c portlock -f -a '(__portlock_complete)'
`,
} as const;
