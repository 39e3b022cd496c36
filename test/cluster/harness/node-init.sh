#!/bin/sh
# The first process of a node: it has mount, process, host name and network namespaces of its own, and when it is killed
# everything in them dies at once, as in a power cut.
# usage: node-init.sh NAME FOLDER KUBE   (FOLDER holds etc/, var-lib/ and var-log/ of this node)
set -eu
name=$1 folder=$2 kube=$3

mount --make-rprivate /
mount --bind "$folder/var-lib" /var/lib
mount --bind "$folder/var-log" /var/log
mount -t tmpfs tmpfs /run
mkdir -p /run/lock /run/netns /var/lib/kubelet
mount --make-rshared / # volumes mounted later have to show up in the containers
hostname "$name"
echo 1 > /proc/sys/net/ipv4/ip_forward
for filter in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > "$filter"; done

containerd --config "$folder/etc/containerd.toml" > /var/log/containerd.log 2>&1 &
tries=0
until ctr version > /dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 300 ] || { echo "containerd does not answer; see containerd.log" >&2; exit 1; }
  sleep 0.1
done
for image in "$folder"/../../images/*.tar; do
  [ -e "$image" ] || continue
  mark="/var/lib/imported-$(basename "$image")"
  [ "$mark" -nt "$image" ] || { ctr --namespace k8s.io images import "$image" && touch "$mark"; }
done

"$kube" kube-proxy --config "$folder/etc/kube-proxy.json" > /var/log/kube-proxy.log 2>&1 &
"$kube" kubelet --config "$folder/etc/kubelet.json" --kubeconfig "$folder/etc/kubelet.kubeconfig" \
  --hostname-override "$name" --node-ip "$(cat "$folder/etc/address")" > /var/log/kubelet.log 2>&1 &
wait
