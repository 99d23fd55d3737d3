// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import SigningKeys
import Transport
import TrustCore

struct LogVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract:
            "Check that a log is signed by its key, and continues what it was; or check a proof without it.",
        discussion: """
            With a URL: the newest checkpoint is verified, and that its tree continues the last one that was seen from here, \
            which is kept. A log whose history was changed is refused, and what proves it is kept.

            With --proof: nothing is fetched. The proof, which `kingsnake log prove` makes, must be signed by the log's key, \
            have the witnesses that --policy demands, and be about the package, if one is given.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "The address of the server, of a channel, or of the log, such as https://channels.example.org/log.",
            valueName: "url"
        )
    )
    var url: String?

    @Option(
        help: ArgumentHelp(
            "A proof to check, a .tlog-proof file; with --key or --policy.",
            valueName: "file"
        ),
        completion: .file(extensions: ["tlog-proof"])
    )
    var proof: String?

    @Option(
        help: ArgumentHelp("The package that the proof must be about.", valueName: "file"),
        completion: .file(extensions: ["conda", "bz2"])
    )
    var package: String?

    @OptionGroup var trust: LogTrustOptions
    @OptionGroup var locations: LocationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try UsageCheck.path(proof, of: "--proof")
        try UsageCheck.path(package, of: "--package")
        guard (url == nil) != (proof == nil) else {
            throw ValidationError("give a log's URL, or a proof with --proof")
        }
        if let url { try LogTrustOptions.check(url) }
        guard package == nil || proof != nil else { throw ValidationError("--package goes with --proof") }
        guard proof == nil || trust.key != nil || trust.policy != nil else {
            throw ValidationError("--proof needs --key or --policy: a proof does not say whom to believe")
        }
    }

    func run() async throws {
        let console = output.console
        if let proof { return try verify(proof: proof, console) }
        guard let url else { return }
        let (sighting, elsewhere) = try await trust.following(url, locations, console) { watch, fetcher in
            let sighting = try await watch.look()
            return (sighting, try await trust.compare(watch, sighting.checkpoint, fetcher))
        }
        let name = RedactedURL(url).description
        if let size = sighting.previousSize {
            console.say(
                "verified \(name): it continues the log of \(Counted(Int(clamping: size), "entry")) seen before"
            )
        } else {
            console.say("verified \(name), seen for the first time")
        }
        sighting.checkpoint.say(on: console)
        elsewhere.say(on: console)
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["checkpoint"] = .object(sighting.checkpoint.json)
        document["previous_size"] = sighting.previousSize.map { .number(JSONNumber($0)) } ?? .null
        document["elsewhere"] = elsewhere.json
        console.emit(document)
    }

    private func verify(proof path: String, _ console: Console) throws {
        guard let bytes = try DurableFile.read(path, maximumLength: LogProof.maximumLength) else {
            throw Failure(.disk, "there is no such file", at: path)
        }
        guard let policy = try trust.given()?.policy else { return }
        let proof = try LogProof(parsing: bytes)
        let sha256 = try package.map { try LogProve.digest(of: $0) }
        let entry = try proof.verifyFile(sha256, of: package ?? path, by: policy)
        console.say("verified \(path): entry \(proof.index) of the log says")
        entry.say(on: console)
        if package == nil { console.remark("no package was given: only what the log says was checked") }
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["index"] = .number(JSONNumber(proof.index))
        document["entry"] = .object(entry.report)
        console.emit(document)
    }
}

extension PublishLogEntry {
    /// What the entry says, for people.
    func say(on console: Console) {
        let file = [channel, subdir, fileName].compactMap { $0 }.joined(separator: "/")
        LabelledLine("what", "\(event.rawValue) \(file)").say(on: console)
        LabelledLine("when", time.description).say(on: console)
        if let sha256 { LabelledLine("sha256", sha256.hex).say(on: console) }
        guard let publisher else { return }
        let issuer = publisher.issuer.map { " (\($0))" } ?? ""
        LabelledLine("by", "\(publisher.kind.rawValue) \(publisher.name)\(issuer)").say(on: console)
    }

    /// What the entry says, for programs.
    var report: JSONObject {
        var object = JSONObject()
        object["type"] = .string(event.rawValue)
        object["channel"] = .string(channel)
        object["subdir"] = subdir.map { .string($0) }
        object["filename"] = fileName.map { .string($0) }
        object["sha256"] = sha256.map { .string($0.hex) }
        object["publisher"] = publisher.map { .object($0.json) }
        object["time"] = .string(time.description)
        return object
    }
}
