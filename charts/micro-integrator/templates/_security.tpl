{{/*
mi.podSecurityContext: restricted Pod Security; ids as in WSO2's images, or left to OpenShift. Takes (root, values).
*/}}
{{- define "mi.podSecurityContext" -}}
{{- $root := index . 0 -}}
{{- $runtime := $root.Values.runtime | default dict -}}
{{- $context := dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") "fsGroupChangePolicy" "OnRootMismatch" -}}
{{- $assign := $runtime.assignUser | default "auto" -}}
{{- if or (eq $assign "always") (and (eq $assign "auto") (not ($root.Capabilities.APIVersions.Has "security.openshift.io/v1"))) -}}
{{- $id := include "mi.userId" $root -}}
{{- $user := include "mi.int" (list $runtime.uid $id) | int64 -}}
{{- $group := include "mi.int" (list $runtime.gid $id) | int64 -}}
{{- $context = merge $context (dict "runAsUser" $user "runAsGroup" $group "fsGroup" $group) -}}
{{- end -}}
{{- toYaml (mustMergeOverwrite $context ((index . 1).podSecurityContext | default dict)) -}}
{{- end -}}

{{/*
mi.containerSecurityContext: restricted Pod Security. The root file system is writable unless the workload asks for the
read-only profile: MI writes configuration, logs, its pid and unpacked archives into its home. Takes a workload.
*/}}
{{- define "mi.containerSecurityContext" -}}
{{- $context := dict "runAsNonRoot" true "allowPrivilegeEscalation" false "readOnlyRootFilesystem" (not (empty .readOnly)) "capabilities" (dict "drop" (list "ALL")) -}}
{{- toYaml (mustMergeOverwrite $context (omit (.values.containerSecurityContext | default dict) "readOnlyRootFilesystem")) -}}
{{- end -}}
