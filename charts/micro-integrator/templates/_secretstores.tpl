{{/*
mi.secretStores: fills .Values.resolved with what SecretProviderClasses mean to every pod: storeVolumes (volume by
name), storeMounts (mount by path) and storeEnv (environment by name). Takes the root.
*/}}
{{- define "mi.secretStores" -}}
{{- $root := . -}}
{{- $resolved := .Values.resolved -}}
{{- $volumes := dict -}}
{{- $mounts := dict -}}
{{- $env := dict -}}
{{- range $key, $class := .Values.secretProviderClasses | default dict -}}
{{- if $class -}}
{{- $where := include "mi.path" (list "secretProviderClasses" $key) -}}
{{- if and (not $class.existing) (not $class.provider) -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" $where "The class has neither provider nor existing. Set provider: aws, azure, gcp or vault; or existing, to use a class that is there.") -}}
{{- end -}}
{{- if and (not $class.existing) (not $class.objects) (not $class.parameters) -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" $where "The class has neither objects nor parameters, so it would hold nothing. Name the secrets to fetch under objects.") -}}
{{- end -}}
{{- $volume := printf "secrets-%s" $key -}}
{{- $_ := set $volumes $volume (dict "csi" (dict "driver" "secrets-store.csi.k8s.io" "readOnly" true "volumeAttributes" (dict "secretProviderClass" (include "mi.secretProviderClass" (list $root $key $class))))) -}}
{{- $_ := set $mounts ($class.mountPath | default (printf "/mnt/secrets/%s" $key)) (dict "name" $volume "readOnly" true) -}}
{{- if and $class.existing $class.env -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-CONDITION" (printf "%s.env" $where) "The chart knows the Secret that the driver keeps only for a class that it makes itself. For a class that exists, put secretKeyRef into env.") -}}
{{- end -}}
{{- range $name, $object := $class.env | default dict -}}
{{- if $object -}}
{{- if and (not $class.existing) (not (hasKey ($class.objects | default dict) $object)) -}}
{{- include "mi.fault" (list $resolved.faults "MI-VALUES-NEEDS" (include "mi.path" (list "secretProviderClasses" $key "env" $name)) (printf "The object %q is not among the objects of the class. Add it there, or correct the name." $object)) -}}
{{- end -}}
{{- $_ := set $env $name (dict "secretKeyRef" (dict "name" (include "mi.syncedSecret" (list $root $key)) "key" $object)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := set $resolved "storeVolumes" $volumes -}}
{{- $_ := set $resolved "storeMounts" $mounts -}}
{{- $_ := set $resolved "storeEnv" $env -}}
{{- end -}}

{{/*
mi.secretProviderClass: name of a class. Takes (root, key, values).
*/}}
{{- define "mi.secretProviderClass" -}}
{{- (index . 2).existing | default (include "mi.checkedName" (list (printf "%s-%s" (index . 0).Values.resolved.fullname (index . 1)) 253 (printf "secretProviderClasses.%s" (index . 1)) (index . 0).Values.resolved.faults (include "mi.path" (list "secretProviderClasses" (index . 1))))) -}}
{{- end -}}

{{/*
mi.syncedSecret: name of the Secret that the driver keeps for env. Takes (root, key).
*/}}
{{- define "mi.syncedSecret" -}}
{{- include "mi.checkedName" (list (printf "%s-%s-synced" (index . 0).Values.resolved.fullname (index . 1)) 253 (printf "the Secret of secretProviderClasses.%s" (index . 1)) (index . 0).Values.resolved.faults (include "mi.path" (list "secretProviderClasses" (index . 1)))) -}}
{{- end -}}
