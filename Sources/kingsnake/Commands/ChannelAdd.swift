// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import TrustCore

struct ChannelAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Put packages into a channel, and sign the new index.",
        discussion: """
            Every package is inspected first, and every file in it checked against its own list: what `kingsnake install` \
            would refuse does not get in. All packages are published together, or none. Attestations that lie beside a package, \
            in a file of its name with .sigs at the end, are published with it. Where the owner's policy demands a publisher \
            (`kingsnake channel publishers`), they are verified, and a package without the right ones is refused.
            """
    )

    @OptionGroup var channel: ChannelOptions

    @Argument(
        help: ArgumentHelp("The packages, .conda or .tar.bz2 files.", valueName: "package"),
        completion: .file(extensions: ["conda", "bz2"])
    )
    var packages: [String]

    @OptionGroup var attestations: SidecarVerifierOptions

    @Flag(help: "Publish packages that clients refuse for want of attestations, which are to come.")
    var awaitAttestations = false

    @OptionGroup var output: OutputOptions

    func validate() throws { try packages.forEach(UsageCheck.archive) }

    func run() async throws {
        let console = output.console
        let bar = ProgressBar(console)
        var channel = try channel.open()
        channel.use(attestations, awaiting: awaitAttestations)
        var incoming: [IncomingPackage] = []
        for (number, path) in packages.enumerated() {
            bar.expect(
                0,
                label: "\(number + 1) of \(packages.count): \(path.split(separator: "/").last ?? "")"
            )
            let package = try Refusal.naming(path) { try IncomingPackage(inspecting: Folder.absolute(path)) }
            bar.advance(package.size)
            incoming.append(package)
        }
        bar.clear()
        let change = try await channel.add(incoming, now: SystemClock.now)
        for file in change.added { console.say("added `\(file)`") }
        for file in change.unchanged { console.say("`\(file)` was there already, the same bytes") }
        ChannelChangeReport.say(attestationsOf: change, on: console)
        let demands = ChannelDemandReport(try channel.publisherPolicy(), on: change)
        demands.say(on: console)
        change.signed.forEach { console.say("signed \($0)") }
        var document = change.json
        document["demanded"] = demands.json
        console.emit(document)
    }
}
