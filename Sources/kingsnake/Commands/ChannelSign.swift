// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore

struct ChannelSign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Renew the signatures that are due.",
        discussion: """
            Run it often, for instance every hour: the timestamp is renewed when half of its life is over, the others when a \
            third is left. It signs what the keys at hand can sign and says what is left to do: without --all, offline keys \
            that do not open are left out, and root-N.signer and targets-N.signer are not asked. pkg_mgr.json, which mamba asks for \
            where conda content trust signs records in its form, is renewed with the package keys when a third is left. Index \
            files, shards and metadata that nothing has led to for seven days are removed. Attestations that somebody put beside a \
            package, in a file of its name with .sigs at the end, are taken into the index, unless clients would refuse by them \
            what they accept now; with --all and --repair every such file is compared with the index.

            It ends with 4 if the online key for something that is due is not there, if a role has expired and could not \
            be signed, or if --all finds some of a role's offline keys and too few of them. Offline keys that are all away \
            are no error before that. `left_roles` in --json says for each role how many keys it needs and how many are here.
            """
    )

    @OptionGroup var channel: ChannelOptions

    @Flag(help: "Renew everything that the keys at hand can sign, due or not.")
    var all = false

    @Flag(
        help:
            "Write the index files again from the signed record of packages, where they are missing or altered."
    )
    var repair = false

    @OptionGroup var sigstore: SigstoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        var channel = try channel.open()
        try await channel.use(sigstore, console)
        let change = try await channel.sign(
            all ? .everything : .whatIsDue,
            repairing: repair,
            now: SystemClock.now
        )
        if change.signed.isEmpty, change.repaired.isEmpty, change.pruned.isEmpty {
            console.say(change.left.isEmpty ? "nothing is due" : "nothing was signed")
        }
        change.repaired.forEach { console.say("repaired \($0)") }
        ChannelChangeReport.say(attestationsOf: change, on: console)
        change.signed.forEach { console.say("signed \($0)") }
        if !change.pruned.isEmpty {
            console.say(
                "removed \(Counted(change.pruned.count, "file")) that nothing has led to for seven days"
            )
        }
        change.left.forEach { console.warn("\($0)") }
        console.emit(change.json)
        if change.left.contains(where: \.isUrgent) { throw ExitCode(RefusalKind.missing.exitStatus) }
    }
}
