{{- /* Rules over all workloads, and of what belongs to the release. */ -}}
{{- include "mi.decide" . -}}
{{- $resolved := .Values.resolved -}}
{{- $faults := $resolved.faults -}}
{{- $pattern := $resolved.pattern -}}
{{- if not (has $pattern (list "single-replica" "multiple-replicas" "coordinated")) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CHOICE" "pattern" (printf "%q is not a pattern. Use single-replica, multiple-replicas or coordinated." $pattern)) -}}
{{- end -}}
{{- $keys := keys $resolved.workloads | sortAlpha -}}
{{- if and (eq $pattern "single-replica") (gt (len $keys) 1) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-SINGLE-REPLICA" "workloads" (printf "Pattern single-replica runs one workload, but workloads has %d: %s. Keep one of them, or set pattern: coordinated." (len $keys) (join ", " $keys))) -}}
{{- end -}}
{{- if and $resolved.database (ne $pattern "coordinated") -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" "coordination.mode" (printf "Pattern %s has nothing to coordinate. Set pattern: coordinated, or remove coordination.mode: database." $pattern)) -}}
{{- end -}}
{{- if and $resolved.database (eq "image" ((.Values.runtime).deploymentTomlFrom | default "values")) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-NEEDS" "runtime.deploymentTomlFrom" "coordination.mode database writes deployment.toml, but runtime.deploymentTomlFrom is image. Set runtime.deploymentTomlFrom: values.") -}}
{{- end -}}
{{- range $alias, $source := .Values.trustedCertificates }}{{ include "mi.validate.oneSource" (list $faults (include "mi.path" (list "trustedCertificates" $alias)) $source) }}{{ end -}}
{{- $own := omit .Values "resolved" "resolvedCollecting" "extraObjects" "global" -}}
{{- /* Found at once in the text of all values; nearly none have such a key. */ -}}
{{- if regexMatch "\"(?:true|false)\":" (toJson $own) }}{{ include "mi.validate.booleanKeys" (list $faults list $own) }}{{ end -}}
{{- if regexMatch "\"(?:image|reference|registry|repository)\":\"[^\"]*@" (toJson $own) }}{{ include "mi.validate.imageLogins" (list $faults list "" $own) }}{{ end -}}
{{- $own = omit .Values "resolved" "resolvedCollecting" "global" -}}
{{- if regexMatch "[:,[]-?[0-9]{16}" (toJson $own) }}{{ include "mi.validate.numbers" (list $faults list $own) }}{{ end -}}
{{- include "mi.validate.owners" . -}}
{{- include "mi.validate.extraObjects" . -}}
{{- include "mi.validate.runtime" . -}}

{{/*
mi.validate.booleanKeys: keys such as `y` and `off`, which Helm reads as YAML 1.1 does: the variable or workload would
be called `true`. Keys of deployment.toml are MI's, which has none of these words. Takes (faults, keys of the mapping,
value).
*/}}
{{- define "mi.validate.booleanKeys" -}}
{{- $faults := index . 0 -}}
{{- $keys := index . 1 -}}
{{- $value := index . 2 -}}
{{- if kindIs "map" $value -}}
{{- range $key, $inner := $value -}}
{{- $words := get (dict "true" "y, yes, on and true" "false" "n, no, off and false") $key -}}
{{- if $words }}{{ include "mi.fault" (list $faults "MI-VALUES-FORMAT" (include "mi.path" (append $keys $key)) (printf "Helm reads this key as the boolean %s, as it does with %s without quotes. Put the key in quotes, or use another word." $key $words)) }}{{ end -}}
{{- if ne $key "deploymentToml" }}{{ include "mi.validate.booleanKeys" (list $faults (append $keys $key) $inner) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.imageLogins: user and password in the name of an image, which names cannot have (distribution/reference).
The schema lets them pass, since helm's message would show them. Takes (faults, keys of the path, last key that is a
word, value).
*/}}
{{- define "mi.validate.imageLogins" -}}
{{- $dot := . -}}
{{- $value := index . 3 -}}
{{- if or (kindIs "map" $value) (kindIs "slice" $value) -}}
{{- range $key, $inner := $value }}{{ include "mi.validate.imageLogins" (list (index $dot 0) (append (index $dot 1) $key) (toString $key) $inner) }}{{ end -}}
{{- else if and (kindIs "string" $value) (has (index . 2) (list "image" "reference" "registry" "repository")) -}}
{{- if contains "@" (regexReplaceAllLiteral "@sha(256|512):[0-9a-f]+$" $value "") -}}
{{- include "mi.fault" (list (index . 0) "MI-VALUES-FORMAT" (include "mi.path" (index . 1)) "The name of an image has no user and password, and no @ but that of a digest. Write only the name, and give the login in a Secret that image.pullSecrets names.") -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.numbers: whole numbers of which Helm keeps the first 16 digits only: those of a file become floats
(sigs.k8s.io/yaml), and 9007199254740993 becomes 9007199254740992. What `--set` gives stays whole. Takes (faults, keys
of the path, value).
*/}}
{{- define "mi.validate.numbers" -}}
{{- $dot := . -}}
{{- $value := index . 2 -}}
{{- if or (kindIs "map" $value) (kindIs "slice" $value) -}}
{{- range $key, $inner := $value }}{{ include "mi.validate.numbers" (list (index $dot 0) (append (index $dot 1) $key) $inner) }}{{ end -}}
{{- else if kindIs "float64" $value -}}
{{- /* Nobody writes all digits of larger ones. */ -}}
{{- if or (and (ge $value 9007199254740992.0) (lt $value 1e21)) (and (le $value -9007199254740992.0) (gt $value -1e21)) -}}
{{- include "mi.fault" (list (index . 0) "MI-VALUES-RANGE" (include "mi.path" (index . 1)) "The number is too large for Helm, which would change its last digits. Put it in quotes.") -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.extraObjects: what is no object of Kubernetes; the schema cannot look into text, nor beyond templates. Takes
the root.
*/}}
{{- define "mi.validate.extraObjects" -}}
{{- $faults := .Values.resolved.faults -}}
{{- range include "mi.extraObjects.read" . | fromJsonArray -}}
{{- if and .object.Error (not .object.kind) (contains "cannot unmarshal" .object.Error) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-FORMAT" .path "This text is not an object. Write its keys, such as apiVersion and kind.") -}}
{{- else if and .object.Error (not .object.kind) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-FORMAT" .path (printf "This is not YAML: %s. Correct the text, or write the object as a mapping." .object.Error)) -}}
{{- else if not (and .object.apiVersion .object.kind) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-NEEDS" .path "This object has no apiVersion or no kind. Add both.") -}}
{{- else if not (kindIs "map" (.object.metadata | default dict)) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-FORMAT" .path "The metadata of this object is not a mapping. Write keys such as name and labels in it.") -}}
{{- else -}}
{{- include "mi.validate.extraObjectTexts" (list $faults .path .object) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.extraObjectTexts: what Kubernetes takes as text only. Takes a list: faults, path of the object, the object.
*/}}
{{- define "mi.validate.extraObjectTexts" -}}
{{- $faults := index . 0 -}}
{{- $path := index . 1 -}}
{{- $object := index . 2 -}}
{{- $metadata := $object.metadata | default dict -}}
{{- $texts := dict "apiVersion" $object.apiVersion "kind" $object.kind "metadata.name" $metadata.name "metadata.namespace" $metadata.namespace -}}
{{- range $name := list "labels" "annotations" -}}
{{- $pairs := get $metadata $name | default dict -}}
{{- if not (kindIs "map" $pairs) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-FORMAT" $path (printf "metadata.%s of this object is not a mapping. Write a text for each key in it." $name)) -}}
{{- else -}}
{{- range $key, $value := $pairs }}{{ $_ := set $texts (include "mi.path" (list "metadata" $name $key)) $value }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $name, $value := $texts -}}
{{- if not (or (kindIs "string" $value) (kindIs "invalid" $value)) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-FORMAT" $path (printf "%s of this object is not text. Write text there; numbers and words such as yes need quotes." $name)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.owners: what belongs to one workload only: stateful artifacts, claims, the database that coordinates. Takes
the root.
*/}}
{{- define "mi.validate.owners" -}}
{{- $faults := .Values.resolved.faults -}}
{{- $owners := dict -}}
{{- $claims := dict -}}
{{- $databases := dict -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- $where := $workload.path -}}
{{- range $artifact := (($workload.values.artifacts).stateful | default list) -}}
{{- with get $owners $artifact -}}
{{- include "mi.fault" (list $faults "MI-VALUES-STATEFUL-TWICE" (printf "%s.artifacts.stateful" $where) (printf "The stateful artifact %s is listed in the workloads %s and %s, so it would be active in both. List it under artifacts.stateful of one of them." $artifact . $workload.key)) -}}
{{- end -}}
{{- $_ := set $owners $artifact $workload.key -}}
{{- end -}}
{{- range $name, $volume := $workload.values.persistence | default dict -}}
{{- if and $volume (not $volume.existingClaim) -}}
{{- $claim := include "mi.claimName" (list $workload $name) -}}
{{- with get $claims $claim -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (printf "%s.persistence.%s" $where $name) (printf "The workloads %s and %s would both own the claim %q. Rename one of the persistence entries." . $workload.key $claim)) -}}
{{- end -}}
{{- $_ := set $claims $claim $workload.key -}}
{{- end -}}
{{- end -}}
{{- with $workload.coordinates -}}
{{- $database := include "mi.coordination.at" . | fromJson -}}
{{- $id := toJson $database -}}
{{- with get $databases $id -}}
{{- include "mi.fault" (list $faults "MI-VALUES-COORDINATION-DATABASE" (printf "%s.coordination.database.url" $where) (printf "The workloads %s and %s coordinate through the same database%s. Its task table has no column for a group, so each would delete or take the other's tasks. Keep one workload, give each its own database (workloads.%s.coordination.database.url), or set coordination.mode: isolate." . $workload.key (ternary (printf " (%s)" $database.at) "" (gt (int $database.port) 0)) $workload.key)) -}}
{{- end -}}
{{- $_ := set $databases $id $workload.key -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.runtime: a volume in MI's home needs to know where that is. Takes the root, after mi.resolve filled
.Values.resolved.
*/}}
{{- define "mi.validate.runtime" -}}
{{- if include "mi.versionIsGuessed" . -}}
{{- $needs := list -}}
{{- if .Values.trustedCertificates }}{{ $needs = append $needs "trustedCertificates" }}{{ end -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- $where := printf "workloads.%s" $workload.key -}}
{{- range $name, $volume := $workload.values.persistence }}{{ if and $volume (not $volume.mountPath) }}{{ $needs = append $needs (printf "%s.persistence.%s" $where $name) }}{{ end }}{{ end -}}
{{- if has $workload.artifacts.source (list "imageVolume" "persistentVolumeClaim" "initCopy") }}{{ $needs = append $needs (printf "%s.artifacts.source (%s)" $where $workload.artifacts.source) }}{{ end -}}
{{- if $workload.readOnly }}{{ $needs = append $needs (printf "%s.readOnlyRootFilesystem" $where) }}{{ end -}}
{{- end -}}
{{- if $needs -}}
{{- include "mi.fault" (list .Values.resolved.faults "MI-VALUES-NEEDS" "runtime.version" (printf "The version of MI is not set, but its home folder, whose name contains it, has volumes: %s. The chart's default version changes when the chart is upgraded, and the mount would then miss the folder. Set runtime.version to the version in your image, for example %s." (join ", " $needs) .Chart.AppVersion)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
