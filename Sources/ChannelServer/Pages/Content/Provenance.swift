// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Gatekeeper
internal import TUF
internal import TrustCore
internal import TrustPolicy

/// Where a file comes from, step by step: from the source to the signature over the index that lists it.
struct Provenance: Sendable {
    let view: FileView

    private var file: HostedFile { view.file }

    var steps: [TimelineStep] {
        attested + [accepted, logged, counterSigned] + laterEvents + [indexed]
    }

    // MARK: What publishers attest

    private var attested: [TimelineStep] {
        switch view.attestations {
        case .none:
            return [
                TimelineStep("Built and attested", .missing) {
                    Tag.p {
                        "No attestation comes with this file: nobody but this server says where it is from."
                    }
                }
            ]
        case .unreadable:
            return [
                TimelineStep("Built and attested", .missing) {
                    Tag.p { "Attestations are there, and this server could not verify them now." }
                }
            ]
        case .read(let sidecar):
            return sidecar.attestations.flatMap(Self.steps) + sidecar.unverified.map(Self.step)
        }
    }

    private static func steps(_ attestation: Attestation) -> [TimelineStep] {
        var steps: [TimelineStep] = []
        let basis = TimelineStep.Basis.verified(
            "the signing certificate says so, by the word of \(attestation.signer.issuer.map(ForeignText.shown) ?? "nobody")"
        )
        let source = facts(
            attestation,
            [
                ("Repository", .sourceRepositoryURI), ("Commit", .sourceRepositoryDigest),
                ("Branch or tag", .sourceRepositoryRef), ("Owner’s number", .ownerID),
                ("Repository’s number", .sourceRepositoryID),
            ]
        )
        if let source { steps.append(TimelineStep("Source", basis) { source }) }
        let build = facts(
            attestation,
            [
                ("Workflow", .buildConfigURI), ("Run", .runInvocationURI), ("Started by", .buildTrigger),
                ("Environment", .deploymentEnvironment), ("Machine", .runnerEnvironment),
            ]
        )
        if let build { steps.append(TimelineStep("Build", basis) { build }) }
        steps.append(signature(attestation))
        return steps
    }

    /// Some claims of a certificate; nil if it makes none of them.
    private static func facts(_ attestation: Attestation, _ wanted: [(String, CertificateClaim)]) -> HTML? {
        let found = wanted.compactMap { name, claim in attestation.claims[claim].map { (name, $0) } }
        guard !found.isEmpty else { return nil }
        return Tag.dl(.style(.facts)) {
            found.map { name, text in HTML.fact(name) { HTML.foreignLink(text) } }
        }
    }

    private static func signature(_ attestation: Attestation) -> TimelineStep {
        let title =
            attestation.isPublication ? "Publication attested" : "Another statement about it, signed"
        return TimelineStep(
            title,
            .verified("signature, certificate and log, by this server’s Sigstore keys"),
            at: attestation.times.min()
        ) {
            Tag.dl(.style(.facts)) {
                HTML.fact(attestation.signer.kind == .key ? "Signed by the key" : "Signed by") {
                    HTML.name(attestation.signer.value)
                }
                if let issuer = attestation.signer.issuer {
                    HTML.fact("Who vouches for that") { HTML.name(issuer) }
                }
                if !attestation.isPublication {
                    HTML.fact("What it says") { HTML.name(attestation.predicateType) }
                }
                attestation.logs.map { entry in
                    HTML.fact("Logged") {
                        entry.index.map { "entry \($0) of " } ?? "in "
                        HTML.name(entry.log)
                    }
                }
                if let target = attestation.targetChannel {
                    HTML.fact("For the channel") { HTML.name(target) }
                }
            }
        }
    }

    private static func step(_ attestation: UnverifiedAttestation) -> TimelineStep {
        TimelineStep("Attestation \(attestation.position + 1), not verified", .missing) {
            Tag.p {
                HTML.mark(.bad, "does not hold")
                " "
                ForeignText.shown(attestation.reason)
                " "
                Tag.code { attestation.code }
                ". What it claims is not shown."
            }
        }
    }

    // MARK: What this server did

    private var accepted: TimelineStep {
        let title =
            switch file.publisher.kind {
            case .user: "Uploaded with a user’s key"
            case .workload: "Uploaded by a trusted publisher"
            case .imported: "Imported"
            }
        return TimelineStep("\(title), and accepted", .stated("this server"), at: view.acceptedAt) {
            Tag.dl(.style(.facts)) {
                switch file.publisher.kind {
                case .user: HTML.fact("User") { HTML.name(file.publisher.name) }
                case .workload: HTML.fact("Job") { HTML.foreignLink(file.publisher.name) }
                case .imported: HTML.fact("From") { HTML.name(file.publisher.name) }
                }
                if let issuer = file.publisher.issuer {
                    HTML.fact("Its token’s issuer") { HTML.name(issuer) }
                }
            }
        }
    }

    private var logged: TimelineStep {
        guard let log = view.log, let event = view.publication else {
            return TimelineStep("Publish log", .missing) {
                Tag.p { "No entry about this file’s acceptance is found in the logs of this server." }
            }
        }
        let isCovered = log.published.map { event.index < $0 } ?? false
        return TimelineStep(
            "Logged as entry \(event.index)",
            isCovered
                ? .stated("this server, in a signed checkpoint that it cannot take back")
                : .stated("this server; the next checkpoint will have it"),
            at: event.entry.time
        ) {
            Tag.dl(.style(.facts)) {
                HTML.fact("Log") { HTML.name(log.log.origin) }
                if isCovered {
                    HTML.fact("To prove it") {
                        HTML.link(log.address("checkpoint"), "checkpoint")
                        if let bundle = log.bundle(of: event.index) {
                            ", "
                            HTML.link(bundle, "bundle of entries")
                        }
                        ", and the tiles between them"
                    }
                    HTML.fact("Cosigned by witnesses") {
                        log.cosignatures == 0 ? "by nobody" : "\(log.cosignatures), not verified here"
                    }
                }
            }
        }
    }

    private var counterSigned: TimelineStep {
        guard file.counterSignature != nil, file.state != .removed else {
            return TimelineStep("Counter-signature", .missing) {
                Tag.p { "There is no statement of this server’s key about the file as it is now." }
            }
        }
        return TimelineStep("Counter-signed by the channel’s online key", .stated("this server, signed")) {
            Tag.p { HTML.link(view.beside(".kingsnake.dsse.json"), "The server’s statement") }
        }
    }

    private var indexed: TimelineStep {
        guard file.state == .listed else {
            return TimelineStep("Not in the index", .stated("this server")) {
                Tag.p {
                    file.state == .yanked
                        ? "Solvers do not see it. It can still be downloaded by those who have it in a lock file."
                        : "Its bytes are not served any more, and its name stays taken."
                }
            }
        }
        if view.isStale {
            return TimelineStep("Soon in the index", .stated("this server")) {
                Tag.p { "Something about the package changed, and the next index will say so." }
            }
        }
        guard case .signed(let trust) = view.signing, trust.signed.contains(file.subdir),
            let role = trust.role(of: file.subdir)
        else {
            return TimelineStep("In the index, not signed", .stated("this server")) {
                Tag.p {
                    "No TUF metadata vouch for the index of \(file.subdir.text): clients cannot verify it."
                }
            }
        }
        let expired = trust.expired(at: view.now)
        return TimelineStep(
            "In the signed index",
            .stated("the channel’s keys; “kingsnake verify” verifies them from the root that you pinned")
        ) {
            Tag.dl(.style(.facts)) {
                [role, trust.role(.snapshot), trust.role(.timestamp), trust.role(.root)].compactMap(\.self)
                    .map { role in
                        HTML.fact(role.role.text) { "version \(role.version)" }
                    }
            }
            if !expired.isEmpty {
                Tag.p {
                    HTML.mark(.bad, "expired")
                    " \(expired.map(\.role.text).joined(separator: ", "))"
                }
            }
        }
    }

    private var laterEvents: [TimelineStep] {
        view.history.events.filter { $0.entry.event != .publish }.map { event in
            let title =
                switch event.entry.event {
                case .yank: "Yanked"
                case .unyank: "Put back into the index"
                case .remove: "Removed"
                case .attest: "Attestations added"
                default: "Logged: \(event.entry.event.rawValue)"
                }
            return TimelineStep(
                title,
                .stated("this server, entry \(event.index) of its log"),
                at: event.entry.time
            ) {
                Tag.dl(.style(.facts)) {
                    if let publisher = event.entry.publisher {
                        HTML.fact("By") { HTML.name(publisher.name) }
                    }
                    if let reason = event.entry.details["reason"]?.string {
                        HTML.fact("Reason given") { HTML.foreign(reason) }
                    }
                }
            }
        }
    }

    // MARK: What is not known

    /// What nobody can tell from here, each in a sentence.
    var unknown: [String] {
        var unknown: [String] = []
        let attestations =
            if case .read(let sidecar) = view.attestations { sidecar.attestations } else { [Attestation]() }
        if !attestations.contains(where: \.isPublication) {
            unknown.append("Who built the file, from which source. No publisher’s attestation was verified.")
        } else if !attestations.contains(where: { $0.claims[.sourceRepositoryDigest] != nil }) {
            unknown.append("From which commit it was built. The attestation names none.")
        }
        if !attestations.isEmpty {
            unknown.append(
                "Whether whoever signed an attestation may publish this package. Your own policy says that, or the "
                    + "channel owner’s: “kingsnake verify” judges by both."
            )
        }
        switch file.publisher.kind {
        case .user:
            unknown.append(
                "Who held the key of “\(ForeignText.shown(file.publisher.name))” when it was uploaded."
            )
        case .workload:
            unknown.append(
                "What the job did besides uploading. Its build service’s word was taken for which job it was."
            )
        case .imported: unknown.append("Who published it before it was imported, and when.")
        }
        if view.log.map({ $0.cosignatures == 0 }) ?? true {
            unknown.append("Whether others are shown the same log. No witness has cosigned the checkpoint.")
        }
        if case .signed = view.signing {
        } else {
            unknown.append("Whether the index is the channel’s. Nobody’s key vouches for it.")
        }
        unknown.append(
            "Whether the package does what it should, or what its source says. Nobody here built it again or read it."
        )
        return unknown
    }
}
