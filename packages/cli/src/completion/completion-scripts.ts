/**
 * The script that bash sources. Words are asked for and compared as they are, never by `compgen -W`, which runs what it
 * finds in them: a name in a project would be a command.
 */
export const bashScript = (name: string): string => {
  const complete = `__${name.replaceAll('-', '_')}_complete`;
  return `# bash completion for ${name}
${complete}() {
    local cur words cword word line answer
    if declare -F _get_comp_words_by_ref > /dev/null; then
        # Of the package bash-completion: a word with = or : is one word.
        _get_comp_words_by_ref -n "=:" cur words cword
    else
        line=\${COMP_LINE:0:COMP_POINT}
        read -ra words <<< "$line"
        [[ $line == *[[:space:]] ]] && words+=("")
        cword=$((\${#words[@]} - 1)) cur=\${words[cword]}
    fi
    local asked=()
    for word in "\${words[@]:1:cword}"; do
        # Quotes and ~ are read as bash reads them. What would run a command stays as it is written.
        [[ $word == *[\\$\\\`\\;\\&\\|\\<\\>\\(\\)]* ]] || eval "word=$word" 2> /dev/null
        asked+=("$word")
    done
    answer=$(${name} complete -- "\${asked[@]}" 2> /dev/null)
    (( \${answer##*:} & 4 )) && compopt +o default 2> /dev/null
    # The value alone is completed after --option=.
    [[ $cur == --*=* ]] && cur=\${cur#*=}
    # bash puts what it is given behind the last colon, where it takes a colon for the end of a word.
    local kept=
    [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]] && kept=\${cur%"\${cur##*:}"}
    COMPREPLY=()
    while IFS=$'\\t' read -r line _; do
        [[ -n $line && $line == "$cur"* ]] && COMPREPLY+=("\${line#"$kept"}")
    done <<< "\${answer%:*}"
}
complete -o default -F ${complete} ${name}
`;
};

/** The script that zsh sources, or loads from a folder of functions. */
export const zshScript = (name: string): string => `#compdef ${name}
_${name}() {
    local -a answer candidates
    local line
    answer=("\${(@f)$(${name} complete -- "\${(@Q)words[2,CURRENT]}" 2> /dev/null)}")
    # The value alone is completed after --option=.
    [[ $PREFIX == --*=* ]] && compset -P '*='
    for line in "\${(@)answer[1,-2]}"; do
        # The description follows the first colon without a backslash.
        candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    done
    _describe ${name} candidates && return
    (( \${answer[-1]#:} & 4 )) || _files
}
if [ "\${funcstack[1]}" = "_${name}" ]; then
    _${name}
else
    compdef _${name} ${name}
fi
`;
