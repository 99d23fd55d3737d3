// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import Transport
import TrustCore

struct LogProve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Get a proof that a package is in a log, which anybody can check without asking the log.",
        discussion: """
            The log is verified as `kingsnake log verify` does, and looked through from its newest entry back. The proof is a \
            text file (C2SP tlog-proof) with the entry, the way to the signed root, and the witnesses' cosignatures. \
            `kingsnake log verify --proof` checks it.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "The address of the server, of a channel, or of the log, such as https://channels.example.org/log.",
            valueName: "url"
        )
    )
    var url: String

    @Argument(
        help: ArgumentHelp("The package, a .conda or .tar.bz2 file.", valueName: "file"),
        completion: .file(extensions: ["conda", "bz2"])
    )
    var file: String

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Where the proof is written. (default: FILE.tlog-proof)", valueName: "file"),
        completion: .file()
    )
    var out: String?

    @OptionGroup var trust: LogTrustOptions
    @OptionGroup var locations: LocationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try LogTrustOptions.check(url)
        try UsageCheck.path(file, of: "the file")
        try UsageCheck.path(out, of: "--out")
    }

    func run() async throws {
        let console = output.console
        let sha256 = try Self.digest(of: file)
        let proof = try await trust.following(url, locations, console) { watch, fetcher in
            if !trust.also.isEmpty {
                _ = try await trust.compare(watch, watch.look().checkpoint, fetcher)
            }
            return try await watch.prove(sha256, of: file)
        }
        let path = out ?? file + ".tlog-proof"
        try DurableFile.write(proof.proof.encoded(), to: path)
        console.say("wrote \(path): entry \(proof.proof.index) of the log says")
        proof.entry.say(on: console)
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["proof"] = .string(path)
        document["index"] = .number(JSONNumber(proof.proof.index))
        document["entry"] = .object(proof.entry.report)
        console.emit(document)
    }

    /// SHA-256 of a package.
    static func digest(of path: String) throws -> Digest {
        guard let stored = try DurableFile.open(path, maximumLength: .max) else {
            throw Failure(.disk, "there is no such file", at: path)
        }
        return try stored.digest()
    }
}
