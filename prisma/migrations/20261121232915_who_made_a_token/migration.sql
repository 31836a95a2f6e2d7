-- AlterTable
ALTER TABLE "api_tokens" ADD COLUMN     "created_by_id" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "created_by_name" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "scopes" INTEGER[] DEFAULT ARRAY[]::INTEGER[];
