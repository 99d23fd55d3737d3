// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import CondaFormats
import DurableFiles
import Transport
import TrustCore

struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Send packages to a channel of a server, with their attestations.",
        discussion: """
            Every package is inspected first, as the server is going to do. Attestations that lie beside it, in a file of its \
            name with .sigs at the end, go with it.

            The key comes from $KINGSNAKE_API_KEY or a file, and is sent over TLS, or to this machine itself. Sending a package again is safe: the \
            same bytes are no second event, and other bytes under a name that is taken are refused.
            """
    )

    @Argument(
        help: ArgumentHelp("The packages, .conda or .tar.bz2 files.", valueName: "package"),
        completion: .file(extensions: ["conda", "bz2"])
    )
    var packages: [String]

    @Option(help: ArgumentHelp("The channel, such as https://channels.example.org/main.", valueName: "url"))
    var to: String

    @Option(
        help: ArgumentHelp(
            "A file with the key. (default: $KINGSNAKE_API_KEY)",
            valueName: "file"
        ),
        completion: .file()
    )
    var keyFile: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        try packages.forEach(UsageCheck.archive)
        try UsageCheck.channel(to, of: "--to")
        try UsageCheck.path(keyFile, of: "--key-file")
    }

    func run() async throws {
        let console = output.console
        let key = try ServerKey.obtain(file: keyFile)
        var options = HTTPOptions()
        options.userAgent = "kingsnake/\(Kingsnake.version)"
        let caller = HTTPServiceCaller(options: options)
        do {
            let publisher = try PackagePublisher(to: ChannelURL(to), key: key, caller: caller) {
                try await Task.sleep(for: $0)
            }
            try await publish(by: publisher, console)
            await caller.shutdown()
        } catch {
            await caller.shutdown()
            throw error
        }
    }

    private func publish(by publisher: PackagePublisher, _ console: Console) async throws {
        let incoming = try packages.map { path in
            console.remark("inspecting \(path)")
            return try Refusal.naming(path) { try IncomingPackage(inspecting: Folder.absolute(path)) }
        }
        let bar = ProgressBar(console)
        defer { bar.clear() }
        var published: [JSONValue] = []
        for package in incoming {
            bar.expect(package.size, label: package.fileName.text)
            let result = try await publisher.publish(package) { bar.advance(UInt64($0)) }
            bar.clear()
            Self.say(result, console)
            published.append(.object(result.json))
        }
        var document = JSONObject()
        document["channel"] = .string(publisher.channel.description)
        document["packages"] = .array(published)
        console.emit(document)
    }

    private static func say(_ package: PublishedPackage, _ console: Console) {
        let entry = package.logIndex.map { ", entry \($0) of the publish log" } ?? ""
        switch package.outcome {
        case .accepted:
            let with =
                package.attestations == 0 ? "" : " with \(Counted(package.attestations, "attestation"))"
            console.say("published `\(package.fileName)`\("\(with)\(entry)")")
        case .unchanged: console.say("`\(package.fileName)` was there already, the same bytes")
        case .attested: console.say("`\(package.fileName)` was there already, and has new attestations now")
        }
    }
}
