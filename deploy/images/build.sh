#!/usr/bin/env bash
# Builds the images of the apps and of Spark.
#
#   deploy/images/build.sh [PREFIX [TAG]]      e.g. europe-west1-docker.pkg.dev/PROJECT/messages 0.1.0
#
# PREFIX  prefix of the image names (default messages-pipeline)
# TAG     image tag (default: the version in package.json)
# PUSH=1  also pushes them to the registry that PREFIX names
# IMAGE_BUILD, IMAGE_PUSH   commands to use instead of `docker build` and `docker push`, such as `podman build`
# JARS=context              fetch Spark's jars with this machine's Maven, for builders that cannot use Maven's image
set -euo pipefail
cd "$(dirname "$0")/../.."

prefix=${1:-messages-pipeline}
tag=${2:-$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)}
build=${IMAGE_BUILD:-docker build}
push=${IMAGE_PUSH:-docker push}
jars=${JARS:-maven}

command -v "${build%% *}" >/dev/null || {
  echo "${build%% *} is not installed; set IMAGE_BUILD to another builder, such as 'podman build'" >&2
  exit 1
}

image() { # NAME ARGUMENTS...
  local name=$1 began=$SECONDS
  shift
  $build --quiet --build-arg "VERSION=$tag" --tag "$prefix/$name:$tag" "$@" . >/dev/null
  echo "$prefix/$name:$tag  built in $((SECONDS - began)) s"
  [ -z "${PUSH-}" ] || $push "$prefix/$name:$tag"
}

for app in producer consumer gateway mart-init sample-data; do
  image "$app" --target "$app" --file deploy/images/apps/Dockerfile
done

if [ "$jars" = context ]; then
  rm -rf .local/image-jars
  mvn --batch-mode --quiet --file dev/spark/pom.xml dependency:copy-dependencies -DoutputDirectory="$PWD/.local/image-jars"
fi
image spark --build-arg "JARS=$jars" --file deploy/images/spark/Dockerfile
