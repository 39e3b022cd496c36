{{/*
mi.extraObjects.read: the objects of extraObjects, as a JSON list of (key, object), templates in them filled in. Takes
the root.
*/}}
{{- define "mi.extraObjects.read" -}}
{{- $root := . -}}
{{- $extra := .Values.extraObjects | default dict -}}
{{- $entries := dict -}}
{{- if kindIs "slice" $extra -}}
{{- range $index, $entry := $extra }}{{ $_ := set $entries (printf "%04d" $index) $entry }}{{ end -}}
{{- else -}}
{{- $entries = $extra -}}
{{- end -}}
{{- $found := list -}}
{{- range $key, $entry := $entries -}}
{{- if $entry -}}
{{- range $document := regexSplit "(?m)^---\\s*$" (tpl (ternary $entry (toYaml $entry) (kindIs "string" $entry)) $root) -1 -}}
{{- with fromYaml $document }}{{ $found = append $found (dict "key" $key "object" .) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/*
mi.extraObject: an object of extraObjects with a name, the namespace and the labels of the release; what it says itself
stays. Only kinds that have a namespace may be left without one by the user, so a namespace is written unless the kind
is known to have none. Takes a dict: root, key, object.
*/}}
{{- define "mi.extraObject" -}}
{{- $metadata := .object.metadata | default dict -}}
{{- $labels := include "mi.labels" (list .root "extra" dict) | fromYaml -}}
{{- $own := dict "name" ($metadata.name | default (printf "%s-%s" (include "mi.fullname" .root) .key)) -}}
{{- $_ := set $own "labels" (merge (dict) ($metadata.labels | default dict) $labels) -}}
{{- with merge (dict) ($metadata.annotations | default dict) (.root.Values.commonAnnotations | default dict) }}{{ $_ := set $own "annotations" . }}{{ end -}}
{{- $clusterWide := or (hasPrefix "Cluster" (toString .object.kind)) (has .object.kind (list "Namespace" "Node" "PersistentVolume" "StorageClass" "PriorityClass" "RuntimeClass" "IngressClass" "GatewayClass" "CSIDriver" "CustomResourceDefinition" "APIService" "ValidatingWebhookConfiguration" "MutatingWebhookConfiguration" "ValidatingAdmissionPolicy" "ValidatingAdmissionPolicyBinding" "VolumeSnapshotClass" "DeviceClass")) -}}
{{- if not (or $clusterWide $metadata.namespace) }}{{ $_ := set $own "namespace" (include "mi.namespace" .root) }}{{ end -}}
{{- toYaml (merge (dict "metadata" (merge (dict) $own $metadata)) .object) -}}
{{- end -}}
