// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TrustCore

/// How bundles look to people, and to programs.
struct BundleReport {
    private let inspections: [BundleInspection]
    private let file: String
    private let instance: String

    init(_ inspections: [BundleInspection], of file: String, by instance: String) {
        self.inspections = inspections
        self.file = file
        self.instance = instance
    }

    func show(_ console: Console) {
        for (at, inspection) in inspections.enumerated() {
            if at > 0 { console.say() }
            let number = inspections.count > 1 ? " \(at + 1) of \(inspections.count)" : ""
            switch inspection.result {
            case .success:
                console.say("\(console.good("verified"))  bundle\(number), by the keys of \(instance)")
            case .failure(let refusal):
                console.say("\(console.bad("refused"))   bundle\(number): \(refusal.code.entry.summary)")
                for line in Self.why(refusal) { console.say("  \(line.label.padded)\(line.text)") }
            }
            let lines = Self.lines(inspection)
            // Without this a forged bundle would speak with the program's voice.
            if case .failure = inspection.result, !lines.isEmpty {
                console.say("  What it says of itself, for which nobody vouches:")
            }
            for line in lines { console.say("  \(line.label.padded)\(line.text)") }
        }
        console.remark(
            "note: this says who signed; whether they may publish the package is what a policy says"
        )
        console.emit(json)
    }

    /// A line of the description.
    private struct Line {
        let label: String
        let text: String
    }

    private static func why(_ refusal: Refusal) -> [Line] {
        let rows = [
            ("where", refusal.location), ("expected", refusal.expected), ("found", refusal.found),
            ("what to do", refusal.remedy),
            ("code", "\(refusal.codeName) (run `kingsnake explain \(refusal.codeName)`)"),
        ]
        return rows.compactMap { label, text in text.map { Line(label: label, text: $0) } }
    }

    private static func lines(_ inspection: BundleInspection) -> [Line] {
        said(inspection) + signer(inspection) + evidence(inspection)
    }

    private static func said(_ inspection: BundleInspection) -> [Line] {
        guard let statement = inspection.statement else {
            guard case .message(_, let digest?) = inspection.bundle?.content else { return [] }
            return [Line(label: "signs", text: "a file with \(digest)")]
        }
        var lines = [Line(label: "says", text: statement.predicateType)]
        for subject in statement.subjects.prefix(shownSubjects) {
            let digests = subject.digests.map { "\($0.algorithm):\($0.value)" }.joined(separator: ", ")
            lines.append(Line(label: "about", text: "\(subject.name ?? "a file") \(digests)"))
        }
        let left = statement.subjects.count - shownSubjects
        if left > 0 { lines.append(Line(label: "about", text: "and \(left) more")) }
        if let channel = (try? PublishAttestation(statement))?.targetChannel {
            lines.append(Line(label: "channel", text: channel.text))
        }
        return lines
    }

    private static let shownSubjects = 5

    /// The claims that are shown, in this order.
    static let claims: [(label: String, claim: FulcioClaim)] = [
        ("repository", .sourceRepositoryURI), ("its number", .sourceRepositoryIdentifier),
        ("owner", .sourceRepositoryOwnerURI), ("its number", .sourceRepositoryOwnerIdentifier),
        ("ref", .sourceRepositoryRef), ("commit", .sourceRepositoryDigest), ("workflow", .buildConfigURI),
        ("trigger", .buildTrigger), ("environment", .deploymentEnvironment), ("runner", .runnerEnvironment),
        ("run", .runInvocationURI),
    ]

    private static func signer(_ inspection: BundleInspection) -> [Line] {
        guard let certificate = inspection.certificate else {
            guard case .publicKey(let hint) = inspection.bundle?.material else { return [] }
            return [Line(label: "signed by", text: "a key that goes by `\(hint)`")]
        }
        let identity = certificate.identity
        return [
            Line(label: "signed by", text: identity.value),
            Line(label: "issuer", text: identity.issuer),
        ]
            + claims.compactMap { label, claim in
                certificate.claims[claim].map { Line(label: label, text: $0) }
            }
    }

    private static func evidence(_ inspection: BundleInspection) -> [Line] {
        guard case .success(let verified) = inspection.result else { return [] }
        let stamps = verified.timestamps.map {
            Line(label: "signed at", text: "\($0.moment), by the word of \($0.authority.uri)")
        }
        let entries = verified.log.entries.map { entry in
            let index = entry.logIndex.map { ", entry \($0)" } ?? ""
            let time = entry.integratedTime.map { " at \($0)" } ?? ""
            let witnesses =
                entry.cosignatures.isEmpty
                ? "" : "; with \(Counted(entry.cosignatures.count, "cosignature")), which nobody verified"
            return Line(
                label: "logged",
                text: "\(entry.log.baseURL)\(index) (\(entry.kind.rawValue))\(time)\(witnesses)"
            )
        }
        return stamps + entries
    }
}

// MARK: - For programs

extension BundleReport {
    private var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["status"] = BundleInspection.worst(of: inspections) == nil ? "ok" : "refused"
        object["file"] = .string(file)
        object["instance"] = .string(instance)
        object["bundles"] = .array(inspections.map { .object(Self.json($0)) })
        return object
    }

    private static func json(_ inspection: BundleInspection) -> JSONObject {
        var object = JSONObject()
        switch inspection.result {
        case .success: object["verified"] = true
        case .failure(let refusal):
            object["verified"] = false
            object["error"] = .object(ErrorReport.json(of: refusal))
        }
        if let bundle = inspection.bundle { object["version"] = .string(bundle.version.rawValue) }
        if let statement = inspection.statement {
            object["predicate_type"] = .string(statement.predicateType)
            object["subjects"] = .array(
                statement.subjects.map { subject in
                    var item = JSONObject()
                    item["name"] = subject.name.map { .string($0) }
                    var digests = JSONObject()
                    for digest in subject.digests { digests[digest.algorithm] = .string(digest.value) }
                    item["digest"] = .object(digests)
                    return .object(item)
                }
            )
            object["target_channel"] = (try? PublishAttestation(statement))?.targetChannel.map {
                .string($0.text)
            }
        }
        if let certificate = inspection.certificate {
            object["identity"] = .string(certificate.identity.value)
            object["identity_kind"] = .string(certificate.identity.kind.rawValue)
            object["issuer"] = .string(certificate.identity.issuer)
            var claims = JSONObject()
            for (claim, value) in certificate.claims.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                claims[claim.objectIdentifier] = .string(value)
            }
            object["claims"] = .object(claims)
        }
        guard case .success(let verified) = inspection.result else { return object }
        verified.describe(in: &object)
        return object
    }
}

extension String {
    /// At least as wide as the widest label, with a space behind it.
    fileprivate var padded: String { self + String(repeating: " ", count: max(1, 12 - count)) }
}
