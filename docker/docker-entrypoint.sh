#!/bin/bash
# Becomes the daemon, so that signals reach it. Arguments go to `fogbank start`.
exec /usr/local/bin/fogbank start "$@"
