if [[ $funcstack[1] == _initrunner ]]; then
  _initrunner "$@"
else
  compdef _initrunner initrunner
fi
