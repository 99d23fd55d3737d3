// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import ContentTrust
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

    @Flag(help: "The roots of conda content trust at the top of the folder, not those of TUF in it.")
    var contentTrust = false

    @Option(help: ArgumentHelp("A transcript to check for lines that were changed.", valueName: "file"))
    var transcript: String?

    @OptionGroup var known: KnownRootOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = output.console
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        let proposal = try singleFile.flatMap { try Self.proposal($0) }
        if let proposal = proposal as? TrustProposal {
            try verify(proposal.chain, proposal, &document, console)
        } else if let folder = try trustFolder {
            try verify(folder.chain(), nil, &document, console)
        } else if proposal == nil, let chain = try trustChain() {
            try verify(chain, nil, &document, console)
        } else {
            try verify(proposal as? CeremonyProposal, &document, console)
        }
        console.emit(document)
    }

    private func verify(_ proposal: CeremonyProposal?, _ document: inout JSONObject, _ console: Console)
        throws
    {
        let chain = try proposal.map(\.chain) ?? RootChain(files: try files())
        if known.isGiven { try known.check(chain) }
        document["steps"] = .array(show(chain, console).map { .object($0) })
        try show(proposal, &document, console)
        try checkTranscript(&document, console)
        try demandFresh(chain, proposal)
    }

    /// The proposal in words, and who has signed it.
    private func show(
        _ proposal: (some SignableProposal)?,
        _ document: inout JSONObject,
        _ console: Console
    ) throws {
        guard let proposal else { return }
        try proposal.check(now: SystemClock.now)
        let report = try proposal.report()
        console.say("proposed:")
        (report.lines + report.progressLines).forEach { console.say("  \($0)") }
        document["proposal"] = .object(report.json)
    }

    private func checkTranscript(_ document: inout JSONObject, _ console: Console) throws {
        guard let transcript else { return }
        let limit = CeremonyTranscript.maximumLength
        let bytes = try CeremonyFolder.read(transcript, maximumLength: limit)
        let count = try CeremonyTranscript.check(bytes)
        console.say("the transcript has \(count) entries, none of them changed since the next was written")
        document["transcript_entries"] = .number(JSONNumber(Int64(count)))
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

    /// The proposal in a file; nil if it is a root, of TUF or of conda content trust.
    private static func proposal(_ path: String) throws -> (any SignableProposal)? {
        let bytes = try CeremonyFolder.read(path)
        guard (try? SignedMetadata<RootMetadata>(parsing: bytes, as: .root)) == nil, !isTrustRoot(bytes)
        else {
            return nil
        }
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

    // MARK: conda content trust

    /// Whether a file is a root of conda content trust, by its shape: its signatures are an object.
    private static func isTrustRoot(_ bytes: [UInt8]) -> Bool {
        let limits = JSONLimits(bytes: TrustEnvelope.maximumLength)
        let value = try? JSONReader.read(bytes, of: "root metadata", limits: limits)
        return value?.object?["signatures"]?.object != nil
    }

    /// The folder, if its roots are those of conda content trust: it was asked for, or there are no others.
    private var trustFolder: TrustFolder? {
        get throws {
            guard path.count == 1, Folder.isFolder(path[0]) else { return nil }
            if contentTrust { return TrustFolder(directory: path[0]) }
            guard !Folder.isFolder(path[0] + "/" + ChannelLayout.metadata) else { return nil }
            let first = try DurableFile.read(
                path[0] + "/1.root.json",
                maximumLength: TrustEnvelope.maximumLength
            )
            return first.map(Self.isTrustRoot) ?? false ? TrustFolder(directory: path[0]) : nil
        }
    }

    /// The roots in files, if they are those of conda content trust.
    private func trustChain() throws -> TrustChain? {
        guard path.allSatisfy({ !Folder.isFolder($0) }) else { return nil }
        let files = try path.map { try CeremonyFolder.read($0) }
        guard files.allSatisfy(Self.isTrustRoot) else { return nil }
        let roots = try files.map { (try TrustEnvelope(parsing: $0, as: .root).metadata.version ?? 0, $0) }
            .sorted { $0.0 < $1.0 }
        guard let first = roots.first else { return nil }
        var chain = try TrustChain(pinned: first.1)
        for root in roots.dropFirst() { try chain.append(root.1) }
        return chain
    }

    private func verify(
        _ chain: TrustChain?,
        _ proposal: TrustProposal?,
        _ document: inout JSONObject,
        _ console: Console
    ) throws {
        if chain == nil, proposal == nil {
            throw Refusal(ChannelCode.trustMissing, "1.root.json", at: path.first)
        }
        if known.isGiven {
            guard let chain else {
                try known.check { try proposal?.check(leadsThrough: $0) }
                return
            }
            try known.check { try chain.check(leadsThrough: $0) }
        }
        document["steps"] = .array(TrustChainReport.show(chain, console).map { .object($0) })
        try show(proposal, &document, console)
        try checkTranscript(&document, console)
        // A new root that is proposed cures one that has expired.
        if let chain, proposal?.root == nil { try chain.root.checkExpiry(now: SystemClock.now) }
    }
}
