// Writes the FileDescriptorSet of the Go stack that Tendril speaks like, options included.
package main

import (
	"os"
	"sort"
	"strings"

	_ "github.com/CosmWasm/wasmd/app"
	_ "cosmossdk.io/x/nft/module"
	"github.com/cosmos/gogoproto/proto"
	protov2 "google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
)

func main() {
	all, err := proto.MergedGlobalFileDescriptors()
	if err != nil {
		panic(err)
	}
	byName := map[string]*descriptorpb.FileDescriptorProto{}
	for _, f := range all.File {
		byName[f.GetName()] = f
	}
	out := &descriptorpb.FileDescriptorSet{}
	seen := map[string]bool{}
	var add func(string)
	add = func(n string) {
		f, ok := byName[n]
		if seen[n] || !ok {
			return
		}
		seen[n] = true
		for _, d := range f.Dependency {
			add(d)
		}
		out.File = append(out.File, f)
	}
	names := []string{}
	for n := range byName {
		for _, p := range []string{"cosmos/", "ibc/", "tendermint/", "cosmwasm/", "amino/", "cosmos_proto/", "gogoproto/", "google/api/annotations", "google/api/http.", "google/protobuf/"} {
			if strings.HasPrefix(n, p) {
				names = append(names, n)
			}
		}
	}
	sort.Strings(names)
	for _, n := range names {
		add(n)
	}
	bz, err := protov2.MarshalOptions{Deterministic: true}.Marshal(out)
	if err != nil {
		panic(err)
	}
	os.Stdout.Write(bz)
}
