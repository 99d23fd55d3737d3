// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import DurableFiles
import TUF
import TrustCore

struct RootVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a chain of roots with nothing but its files, and say each step in words.",
        discussion: """
            PATH is a channel's folder, a folder with 1.root.json and what follows, such files themselves, or a proposal, \
            whose signatures are then counted too. Each step is verified as a client does, with what changed and who \
            signed. The last root must not be expired. Compare the first root's digest, or give --root.
            """
    )

    @Argument(help: "A channel, a folder of roots, files of roots, or a proposal.", completion: .file())
    var path: [String]

    @Option(help: ArgumentHelp("A transcript to check for lines that were changed.", valueName: "file"))
    var transcript: String?

    @OptionGroup var known: KnownRootOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = output.console
        let proposal = try singleFile.flatMap { try Self.proposal($0) }
        let chain = try proposal.map(\.chain) ?? RootChain(files: try files())
        if known.isGiven { try known.check(chain) }
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["steps"] = .array(show(chain, console).map { .object($0) })
        if let proposal {
            try proposal.check(now: SystemClock.now)
            let report = try CeremonyReport(proposal)
            console.say("proposed:")
            (report.lines + report.progressLines).forEach { console.say("  \($0)") }
            document["proposal"] = .object(report.json)
        }
        if let transcript {
            let limit = CeremonyTranscript.maximumLength
            let bytes = try CeremonyFolder.read(transcript, maximumLength: limit)
            let count = try CeremonyTranscript.check(bytes)
            console.say(
                "the transcript has \(count) entries, none of them changed since the next was written"
            )
            document["transcript_entries"] = .number(JSONNumber(Int64(count)))
        }
        try demandFresh(chain, proposal)
        console.emit(document)
    }

    /// Says each step; answers them for `--json`.
    private func show(_ chain: RootChain?, _ console: Console) -> [JSONObject] {
        var before: RootMetadata?
        return (chain?.links ?? []).map { link in
            let root = link.root.role
            let words = CeremonyWords(root, after: before, now: SystemClock.now)
            let signers = link.signers
            console.say(
                "\(console.good("verified")) root version \(root.version), sha256 \(link.root.digest.hex)"
            )
            words.lines.forEach { console.say("  \($0)") }
            console.say("  sha256 of what was signed: \(link.signedDigest.hex)")
            signers.forEach { console.say("  signed by \($0.short)") }
            before = root
            var step = JSONObject()
            step["version"] = .number(JSONNumber(root.version))
            step["sha256"] = .string(link.root.digest.hex)
            step["signed_sha256"] = .string(link.signedDigest.hex)
            step["expires"] = .string(root.expires.description)
            step["words"] = .array(words.lines.map { .string($0) })
            step["roles"] = .array(words.roles.map { .object(CeremonyReport.json($0)) })
            step["signers"] = .array(signers.map { .object(CeremonyReport.json($0)) })
            return step
        }
    }

    /// As for a client, only the last root must not be expired (TUF 5.3.10); a new one that is proposed cures
    /// that.
    private func demandFresh(_ chain: RootChain?, _ proposal: CeremonyProposal?) throws {
        let now = SystemClock.now
        guard let root = chain?.last.root.role, root.isExpired(at: now), proposal?.root == nil else { return }
        throw Refusal(
            TUFCode.expired,
            "root version \(root.version)",
            expected: "an expiry after \(now)",
            found: "\(root.expires)",
            remedy: "renew it with `kingsnake root propose DIR PROPOSAL --renew root`"
        )
    }

    private var singleFile: String? { path.count == 1 && !Folder.isFolder(path[0]) ? path[0] : nil }

    /// The proposal in a file; nil if it is a root.
    private static func proposal(_ path: String) throws -> CeremonyProposal? {
        let bytes = try CeremonyFolder.read(path)
        guard (try? SignedMetadata<RootMetadata>(parsing: bytes, as: .root)) == nil else { return nil }
        return try CeremonyFolder.proposal(path)
    }

    /// The roots, oldest first.
    private func files() throws -> [[UInt8]] {
        if path.count == 1, Folder.isFolder(path[0]) {
            let inner = path[0] + "/" + ChannelLayout.metadata
            return try ChannelProposal.roots(in: Folder.isFolder(inner) ? inner : path[0])
        }
        let roots = try path.map { path in
            let bytes = try CeremonyFolder.read(path)
            return (try SignedMetadata<RootMetadata>(parsing: bytes, as: .root).role.version, bytes)
        }
        return roots.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
