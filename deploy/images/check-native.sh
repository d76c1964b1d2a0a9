#!/bin/sh
# Builds the native worker up to the executable itself, which only GraalVM's compiler can make, and looks whether what its
# parts ask for by name is registered for it. POSIX sh, and a JDK; called by `./netbase test`.
set -eu
home=$(cd -P "$(dirname "$0")/../.." && pwd)
cd "$home"
mvn -B -q package -Dnative -Dquarkus.native.sources-only=true -DskipTests -Dsandbox.tests.skip=true -pl wasm-worker -am

sources=$home/wasm-worker/target/native-sources
metadata=$(mktemp -d)
trap 'rm -rf "$metadata"' EXIT
for library in "$sources"/wasm-worker-*-runner.jar "$sources"/lib/software.amazon.awssdk.url-connection-client-[0-9]*.jar; do
  (cd "$metadata" && "$JAVA_HOME/bin/jar" --extract --file "$library" META-INF/native-image)
done

registered() {
  grep -rqF "\"$1\"" "$metadata" || {
    echo "netbase: not registered for a native worker: $1" >&2
    exit 1
  }
}
registered dev.netbase.worker.wasm.NativeSandbox                  # through JNI
registered dev.netbase.worker.group.kafka.TopicByTopicAssignor    # by Kafka's client
registered org.postgresql.jdbc.PgStatement                        # by the JDBC driver
registered io.fabric8.kubernetes.api.model.batch.v1.Job           # by the Kubernetes client
registered io.fabric8.kubernetes.api.model.PodSpec
registered software.amazon.awssdk.http.urlconnection.UrlConnectionSdkHttpService # by the S3 client
echo "netbase: the native worker builds up to its executable" >&2
