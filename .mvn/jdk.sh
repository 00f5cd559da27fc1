# Finds a JDK to build and run with, for ./rollcall and ./verify, which source this file: sets and exports JAVA_HOME, or says in one
# line how to get one and ends with status 1.

# Whether the folder $1 holds a JDK of version 25 or newer; read from its release file, since asking java costs a start of it.
is_jdk() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ "${version:-0}" -ge 25 ]
}

find_jdk() {
  on_path=$(command -v javac) && on_path=$(readlink -f "$on_path" 2>/dev/null) && on_path=${on_path%/bin/javac}
  for candidate in "${JAVA_HOME-}" "$on_path" "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* /usr/lib/jvm/* /opt/*jdk* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if is_jdk "$candidate"; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return
    fi
  done
  echo "rollcall: no JDK 25 or newer found: install one (https://adoptium.net, sdk install java 25-tem, brew install temurin) or set JAVA_HOME to it" >&2
  exit 1
}
