// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ChannelServer
import TrustCore
import TrustPolicy

/// Which jobs a trusted publisher is about.
struct TrustedPublisherOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A repository on GitHub.", valueName: "owner/name"))
    var github: String?

    @Option(help: ArgumentHelp("A project on GitLab, with its groups.", valueName: "group/project"))
    var gitlab: String?

    @Option(
        help: ArgumentHelp(
            "The issuer of tokens, where it is not github.com's or gitlab.com's.",
            valueName: "url"
        )
    )
    var issuer: String?

    @Option(help: ArgumentHelp("A repository of another issuer.", valueName: "owner/name"))
    var repository: String?

    @Option(
        name: .customLong("repository-id"),
        help: ArgumentHelp(
            "The repository's or project's number: `gh api repos/OWNER/NAME --jq .id`.",
            valueName: "number"
        )
    )
    var repositoryID: String?

    @Option(
        name: .customLong("owner-id"),
        help: ArgumentHelp(
            "The number of its owner or namespace: `gh api repos/OWNER/NAME --jq .owner.id`.",
            valueName: "number"
        )
    )
    var ownerID: String?

    @Option(
        help: ArgumentHelp(
            "The workflow's file, such as release.yml; of GitLab .gitlab-ci.yml if it is not given.",
            valueName: "file"
        )
    )
    var workflow: String?

    @Option(help: ArgumentHelp("Only jobs in this deployment environment.", valueName: "name"))
    var environment: String?

    @Option(
        help: ArgumentHelp(
            "Only these branches or tags: `refs/heads/main`, `refs/tags/*`.",
            valueName: "ref"
        )
    )
    var ref: String?

    @Option(help: ArgumentHelp("Whom tokens of another issuer are about.", valueName: "subject"))
    var subject: String?

    @Flag(help: "Jobs for pull requests may publish, which may run what a stranger wrote.")
    var allowPullRequests = false

    func validate() throws {
        guard [github, gitlab, repository].compactMap({ $0 }).count <= 1 else {
            throw ValidationError("give one of --github, --gitlab and --repository")
        }
        guard github != nil || gitlab != nil || issuer != nil else {
            throw ValidationError("give --github, --gitlab, or --issuer with --subject or --repository")
        }
        if let ref, RefPattern(ref) == nil {
            throw ValidationError("--ref: `\(ref)`: expected \(WorkloadDemand.refForm)")
        }
    }

    /// What jobs must be.
    var demand: WorkloadDemand {
        let usual = gitlab == nil ? TokenIssuer.github : .gitlab
        return WorkloadDemand(
            issuer: issuer ?? usual.url,
            repository: github ?? gitlab ?? repository,
            repositoryID: repositoryID,
            ownerID: ownerID,
            workflow: workflow ?? (gitlab == nil ? nil : ".gitlab-ci.yml"),
            environment: environment,
            ref: ref.flatMap { RefPattern($0) },
            subject: subject,
            allowsPullRequests: allowPullRequests
        )
    }
}
