// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import TrustCore
import TrustPolicy

/// Trusted publishers of a server, for people and for programs.
enum TrustedPublisherReport {
    /// One publisher in one line.
    static func line(_ publisher: TrustedPublisher) -> String {
        let packages = publisher.packages.map(\.description).joined(separator: ", ")
        let pending = publisher.isPending ? " (pending)" : ""
        return "\(publisher.id)  \(packages)\(pending): \(words(publisher.demand))"
    }

    /// What jobs must be.
    static func words(_ demand: WorkloadDemand) -> String {
        var parts: [String] = []
        if let repository = demand.repository { parts.append(repository) }
        if let number = demand.repositoryID { parts.append("repository \(number)") }
        if let number = demand.ownerID { parts.append("owner \(number)") }
        if let subject = demand.subject { parts.append("subject \(subject)") }
        if let workflow = demand.workflow { parts.append("workflow \(workflow)") }
        if let environment = demand.environment { parts.append("environment \(environment)") }
        if let ref = demand.ref { parts.append("ref \(ref.description)") }
        if demand.allowsPullRequests { parts.append("pull requests too") }
        return parts.joined(separator: ", ") + ", by \(demand.issuer)"
    }

    /// A document about publishers.
    static func document(_ publishers: [TrustedPublisher]) -> JSONObject {
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["publishers"] = .array(publishers.map { .object($0.json) })
        return document
    }
}
