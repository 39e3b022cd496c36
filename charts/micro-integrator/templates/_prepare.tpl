{{/*
mi.prepare: init containers that prepare files MI changes. Takes (root, workload).

copy-home, for a read-only root file system: MI writes all over its home. Its start script writes wso2carbon.pid into
the home itself, the config mapper conf/, others tmp/, registry/, repository/logs, repository/deployment,
repository/resources, wso2/components, dropins/, work/, diagnostics-tool/ and .icp_runtime_id. Single writable folders
could not hold the pid file, so the whole home is one writable volume. The image's own file system, the JVM and the
shell stay read-only.

import-certificates: puts certificates beside those of the client truststore. MI's start script and axis2 name that
file, so the result is mounted over it.
*/}}
{{- define "mi.prepare" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $home := $root.Values.resolved.home -}}
{{- if $workload.readOnly }}
- name: copy-home
  {{- include "mi.prepare.container" . | nindent 2 }}
  command:
    - /bin/sh
    - -c
    - cp -RP {{ printf "%s/." $home | squote }} /writable-home/
  volumeMounts:
    - name: home
      mountPath: /writable-home
{{- end }}
{{- if $root.Values.trustedCertificates }}
{{- $file := $root.Values.resolved.keystoreFiles.truststore }}
- name: import-certificates
  {{- include "mi.prepare.container" . | nindent 2 }}
  command:
    - /bin/sh
    - -c
    - |
      set -e
      cp {{ ternary "/certificates/truststore" (printf "%s/repository/resources/security/%s" $home $file) (not (empty (($root.Values.keystores).truststore).secretName)) | squote }} /truststore/{{ $file }}
      chmod u+w /truststore/{{ $file }}
      for bundle in /certificates/*.pem; do
        alias=$(basename "$bundle" .pem)
        # keytool reads the first certificate of a file only
        awk -v prefix="/truststore/$alias-" '/-----BEGIN CERTIFICATE-----/ { number++ } number { print > (prefix number ".crt") }' "$bundle"
        for certificate in /truststore/"$alias"-*.crt; do
          if [ ! -f "$certificate" ]; then echo "No certificate in $alias" >&2; exit 1; fi
          "${JAVA_HOME:+$JAVA_HOME/bin/}keytool" -importcert -noprompt -trustcacerts -alias "$(basename "$certificate" .crt)" -file "$certificate" -keystore /truststore/{{ $file }} -storepass:env MI_TRUSTSTORE_PASSWORD
          rm "$certificate"
        done
      done
  env:
    {{- include "mi.environment.entry" (list "MI_TRUSTSTORE_PASSWORD" (get $root.Values.resolved.secretEnv "MI_TRUSTSTORE_PASSWORD")) | trim | nindent 4 }}
  volumeMounts:
    - name: truststore
      mountPath: /truststore
    - name: certificates
      mountPath: /certificates
      readOnly: true
{{- end }}
{{- end -}}

{{/*
mi.prepare.container: image, resources and security of such a container. Takes (root, workload).
*/}}
{{- define "mi.prepare.container" -}}
image: {{ include "mi.workloadImage" . | quote }}
imagePullPolicy: {{ include "mi.pullPolicy" . }}
terminationMessagePolicy: FallbackToLogsOnError
resources:
  requests:
    cpu: 50m
    memory: 64Mi
  limits:
    {{- with (((index . 1).values.resources).limits).cpu }}
    cpu: {{ include "mi.plain" . | quote }}
    {{- end }}
    memory: 256Mi
securityContext:
  {{- include "mi.containerSecurityContext" (index . 1) | nindent 2 }}
{{- end -}}
