#!/bin/sh
# Entry point of the stand-in's image, as in WSO2's: what is mounted in the configuration volume is laid over the server's
# home, then the start script runs as a child of this shell.
volume="$WORKING_DIRECTORY/wso2-config-volume"
if [ -d "$volume" ] && [ -n "$(ls -A "$volume")" ]; then
  cp -RL "$volume"/* "$WSO2_SERVER_HOME"/ || exit 1
fi
sh "$WSO2_SERVER_HOME/bin/micro-integrator.sh" "$@"
