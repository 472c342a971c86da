printf . && IFS= read -r line && printf '%s.' "$line"
